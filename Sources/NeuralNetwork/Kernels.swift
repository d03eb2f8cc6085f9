package import CKernels

/// The kernels compiled for one instruction set.
///
/// Safe to send: the table is a constant of the program and its functions keep no state.
package struct Kernels: @unchecked Sendable {
    package let instructionSet: InstructionSet
    package let table: UnsafePointer<ck_kernels>

    package init(_ instructionSet: InstructionSet) {
        guard let table = instructionSet.table else {
            preconditionFailure("this processor has no \(instructionSet.rawValue) instructions")
        }
        self.instructionSet = instructionSet
        self.table = table
    }

    /// The columns of a panel of packed weights.
    package var panel: Int { table.pointee.panel }

    /// The floats of a vector.
    package var lanes: Int { table.pointee.lanes }

    /// The rows that a micro-kernel computes at once.
    package var rowTile: Int { table.pointee.row_tile }

    /// The floats that a thread needs for the sums of so many tiles of a 3×3 convolution.
    package func winogradScratch(tiles: Int) -> Int { table.pointee.winograd_scratch(tiles) }
}

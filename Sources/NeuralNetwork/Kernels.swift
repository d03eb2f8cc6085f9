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
    var panel: Int { table.pointee.panel }

    /// The floats of a vector.
    var lanes: Int { table.pointee.lanes }
}

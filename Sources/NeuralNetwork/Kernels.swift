/// The kernels compiled for one instruction set.
package struct Kernels: Sendable {
    package let instructionSet: InstructionSet

    package init(_ instructionSet: InstructionSet) { self.instructionSet = instructionSet }
}

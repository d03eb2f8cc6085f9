import Privacy
import Testing

/// The tests' own process is not protected, so that trials of what protections forbid must succeed here.
@Suite("trials of protections")
struct ProtectionTrialTests {
    @Test(arguments: [Protection.notDumpable, .noNewPrivileges, .files, .ports, .systemCalls])
    func noticeThatAProtectionIsMissing(protection: Protection) {
        #expect(!ProtectionTrial(ports: []).fails(protection))
    }

    @Test func noticeThatFreedMemoryIsOverwritten() {
        #expect(ProtectionTrial(ports: []).fails(.eraseOnFree))
    }
}

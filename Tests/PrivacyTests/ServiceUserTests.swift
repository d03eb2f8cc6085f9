import Privacy
import Testing

@Suite("The user that a server becomes")
struct ServiceUserTests {
    @Test("is found by its name and by its number")
    func found() throws {
        let root = try #require(ServiceUser(named: "root"))
        #expect(root.user == 0 && root.group == 0)
        #expect(ServiceUser(named: "0") == root)
        #expect(root.isCurrent == ServiceUser.isRoot)
    }

    @Test("is none where the system knows none", arguments: ["", "no-such-user", "-1", "4294967294", "99999999999"])
    func unknown(name: String) {
        #expect(ServiceUser(named: name) == nil)
    }
}

import Foundation
import Testing
import Web

@Suite("How prompts reach the server")
struct TransportTests {
    @Test("what is said to keep a prompt from being read is what does")
    func transportSecurity() {
        let files = CertificateFiles(certificate: "certificate.pem")
        var configuration = WebConfiguration()
        #expect(configuration.transportSecurity == .loopback)
        configuration.tls = .selfSigned
        #expect(configuration.transportSecurity == .selfSigned)
        configuration.tls = .certificate(files)
        #expect(configuration.transportSecurity == .certificate)
        configuration.forwardedField = .forwarded
        #expect(configuration.transportSecurity == .proxy, "the proxy reads along, whatever comes after it")
        configuration.tls = nil
        #expect(configuration.transportSecurity == .proxy)
    }

    @Test("a certificate of the server's own is another one each time, and valid for a year")
    func selfSigned() throws {
        let first = try ServerCertificate.selfSigned(for: ["pictures.example.org", "192.0.2.1", "2001:db8::1"])
        let second = try ServerCertificate.selfSigned(for: [])
        #expect(first.fingerprint != second.fingerprint)
        #expect(first.fingerprint.wholeMatch(of: /([0-9A-F]{2}:){31}[0-9A-F]{2}/) != nil)
        #expect((360...397).contains(first.days()))
    }

    @Test("a certificate that cannot be used says why, and the one in use stays")
    func problems() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "certificate.pem")
        let files = CertificateFiles(certificate: file.path)
        #expect(throws: CertificateProblem.unreadable) { try ServerCertificate(files) }
        try Data("canary".utf8).write(to: file)
        #expect(throws: CertificateProblem.noCertificate) { try ServerCertificate(files) }

        let certificate = try ServerCertificate.selfSigned(for: [])
        let store = CertificateStore(certificate, from: files)
        #expect(throws: CertificateProblem.noCertificate) { try store.reload() }
        #expect(store.certificate.fingerprint == certificate.fingerprint)
        #expect(store.isRenewable)
        #expect(!CertificateStore(certificate).isRenewable)
    }

    @Test("the folders of a certificate are those of its links and of what they lead to")
    func folders() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["live", "archive"] {
            try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        let archived = folder.appending(path: "archive/chain1.pem")
        try Data().write(to: archived)
        let link = folder.appending(path: "live/chain.pem")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: archived)
        #expect(
            CertificateFiles(certificate: link.path).folders
                == [folder.appending(path: "archive").path, folder.appending(path: "live").path])
    }

    @Test(
        "a name of a host is a name or an address without a port",
        arguments: [
            ("example.org", true), ("a-b.example", true), ("localhost", true), ("192.0.2.1", true), ("[::1]", true),
            ("", false), ("Example.org", false), ("example.org:443", false), ("https://example.org", false),
            ("*", false), ("a..b", false), ("-a", false), ("[::1]:443", false), ("::1", false), ("a b", false),
        ])
    func hostNames(text: String, isValid: Bool) {
        #expect(HostName.isValid(text) == isValid)
    }

    @Test(
        "an origin is what a browser would write",
        arguments: [
            ("https://example.org", true), ("http://localhost:3000", true), ("https://[::1]:8443", true),
            ("http://[::1]", true), ("*", false), ("null", false), ("https://example.org/", false),
            ("https://example.org:443", false), ("http://example.org:080", false), ("ftp://example.org", false),
            ("example.org", false), ("https://Example.org", false), ("https://*.example.org", false),
            ("https://", false), ("https://user@example.org", false),
        ])
    func origins(text: String, isValid: Bool) {
        #expect(WebOrigin.isValid(text) == isValid)
    }

    private func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: "\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

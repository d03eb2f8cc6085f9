internal import Foundation

/// The files of a certificate, in PEM.
public struct CertificateFiles: Sendable, Equatable {
    /// The certificate, followed by those that lead from it to one that clients trust.
    public let certificate: String

    /// The private key; the same file may hold both.
    public let key: String

    /// Names the files; the key is looked for beside the certificate when it has no file of its own.
    public init(certificate: String, key: String? = nil) {
        self.certificate = certificate
        self.key = key ?? certificate
    }

    /// The folders that the files are in, and those of the files that links lead to.
    ///
    /// A renewed certificate is a new file, or a link that leads to another one beside the old: a process that may only
    /// read the old file could not see it.
    public var folders: [String] {
        let files = [certificate, key].map { URL(fileURLWithPath: $0).standardizedFileURL }
        let folders = (files + files.map { $0.resolvingSymlinksInPath() }).map { $0.deletingLastPathComponent().path }
        return Set(folders).sorted()
    }
}

import Foundation
import Testing
import Web

@Suite("A socket to listen on")
struct ListeningSocketTests {
    @Test("is served on after it was bound by somebody else, and its port is said")
    func served() async throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let answer = try await withServer(socket: socket) { client in
            try await client.get("/healthz")
        }
        #expect(answer.status == 200)
    }

    @Test("is refused with the system's words where there is one already")
    func taken() async throws {
        try await withServer(configuration: WebConfiguration(host: "127.0.0.1", port: 0)) { client in
            let problem = #expect(throws: ListeningProblem.self) {
                try ListeningSocket(host: "127.0.0.1", port: client.port)
            }
            #expect(problem == ListeningProblem.system(EADDRINUSE))
            #expect(problem?.explanation == "Address already in use")
        }
    }

    @Test("is refused for a name that stands for no address")
    func unknown() {
        #expect(throws: ListeningProblem.unknownHost) {
            try ListeningSocket(host: "no such host", port: 0)
        }
    }

    @Test("serves answers whose dates are in the form that HTTP has for them")
    func dates() {
        #expect(httpDate(ofUnixTime: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(httpDate(ofUnixTime: 951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
    }
}

"""A server that answers like Mystarion, and keeps what it has received for as long as the connection is open.

    python keeping_server.py [CERTIFICATE KEY]      in TLS when these are given: HTTP/2 or HTTP/1.1, as the client likes

It says its port on its first line.
"""
import http.server
import socketserver
import ssl
import sys

import h2.config
import h2.connection
import h2.events
import h2.exceptions

ANSWERS = {
    "/api/model": b'{"id": "keeper", "defaults": {"width": 64, "height": 64}}',
    "/api/status": b'{"waiting": 0, "running": 0}',
}


class Keeper(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle(self):
        try:
            if isinstance(self.connection, ssl.SSLSocket):
                self.connection.do_handshake()
                if self.connection.selected_alpn_protocol() == "h2":
                    return self.speak_http2()
            super().handle()
        except (OSError, h2.exceptions.ProtocolError):
            pass  # clients that leave are among the audit's

    def setup(self):
        super().setup()
        self.kept = []

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass
        self.kept.clear()

    def answer(self):
        self.kept.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        body = b"" if self.command == "HEAD" else ANSWERS.get(self.path, b"{}")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = answer

    def speak_http2(self):
        protocol = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        protocol.initiate_connection()
        self.connection.sendall(protocol.data_to_send())
        paths = {}
        while data := self.connection.recv(65536):
            self.kept.append(data)
            for event in protocol.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    paths[event.stream_id] = dict(event.headers)[b":path"].decode()
                elif isinstance(event, h2.events.DataReceived):
                    protocol.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    protocol.send_headers(event.stream_id, [(":status", "200")])
                    body = ANSWERS.get(paths.pop(event.stream_id), b"{}")
                    protocol.send_data(event.stream_id, body, end_stream=True)
            self.connection.sendall(protocol.data_to_send())

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 200
    context = None

    def get_request(self):
        connection, address = super().get_request()
        if self.context:
            # The handshake is made in the connection's own thread.
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, address):
        pass


def main():
    with Server(("127.0.0.1", 0), Keeper) as server:
        if len(sys.argv) > 1:
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.load_cert_chain(sys.argv[1], sys.argv[2])
            server.context.set_alpn_protocols(["h2", "http/1.1"])
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()

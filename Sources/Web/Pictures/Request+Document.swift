internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1
internal import Privacy

/// The most bytes that a body may have: the longest prompts with every character escaped.
let maximumBodyBytes = 1 << 20

/// The most bytes that a body with pictures in it may have: two of the largest files that are decoded, in Base64.
let maximumPictureBodyBytes = 64 << 20

extension Request {
    /// Refuses a body of another media type or one that announces to be too long, before it is read.
    ///
    /// JSON is taken under all of its names, and where no type is said: browsers say one with everything that a page can
    /// make them send without asking, and ``SameSiteCheck`` has looked at where the request comes from.
    func requireBody(_ mediaType: String, upTo maximum: Int = maximumBodyBytes) throws(WebError) {
        let type = MediaType(headers[.contentType])
        if mediaType == "application/json" {
            guard type?.isJSON ?? true else { throw .unsupportedMediaType(mediaType) }
            guard type?.isWide != true else { throw .unsupportedMediaType("\(mediaType) in UTF-8") }
        } else {
            guard type?.essence == mediaType else { throw .unsupportedMediaType(mediaType) }
        }
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > maximum {
            throw .bodyTooLarge(maximum: maximum)
        }
    }

    /// Reads the whole body and leaves none in the request, which still notices when the client goes away.
    mutating func takeBody(upTo maximum: Int = maximumBodyBytes, _ allowance: BodyAllowance) async throws -> SecretBytes
    {
        let secret = try await body.secret(upTo: maximum, allowance)
        body = RequestBody(buffer: ByteBuffer())
        return secret
    }
}

extension RequestBody {
    /// Reads the whole body into memory that is overwritten when it goes, and that is counted until then.
    func secret(upTo maximum: Int = maximumBodyBytes, _ allowance: BodyAllowance) async throws -> SecretBytes {
        let lease = allowance.open()
        var secret = SecretBuffer()
        do {
            for try await piece in self {
                guard piece.readableBytes <= maximum - secret.count else {
                    throw WebError.bodyTooLarge(maximum: maximum)
                }
                try lease?.grow(by: piece.readableBytes)
                piece.withUnsafeReadableBytes { secret.append($0) }
            }
            try Task.checkCancellation()
            try lease?.complete()
            return secret.joined(with: lease)
        } catch let error as WebError {
            throw error
        } catch let refusal as BodyBudget.Refusal {
            throw WebError(refusal)
        } catch is SlowBody {
            throw WebError.slowBody
        } catch is HTTPParserError {
            throw WebError.invalidHTTP
        } catch {
            // Whatever else ends a body before its end is the client's leaving.
            throw WebError.cancelled
        }
    }
}

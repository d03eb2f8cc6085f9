internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Imaging
internal import NIOCore
internal import Privacy
internal import Studio

/// `GET /sdapi/v1/progress`, `POST /sdapi/v1/interrupt` and `POST /sdapi/v1/skip`.
///
/// A1111 has one user and answers for whatever is done. Here, a caller learns of and stops only what it has itself
/// named, by the `force_task_id` that it sent with `txt2img` or `img2img`; without one, the server seems idle.
struct A1111Tasks: Sendable {
    let studio: Studio

    /// How far the caller's task is, with a preview of its picture unless `skip_current_image` is set.
    func progress(_ request: Request, _ admission: Admission) async throws -> Response {
        let wantsPicture = request.uri.queryParameters["skip_current_image"].map { $0.lowercased() } != "true"
        var body = ByteBuffer()
        guard let task = try named(in: request), let progress = studio.jobs.progress(of: task) else {
            body.writeString(#"{"progress":0.0,"eta_relative":0.0,"state":"#)
            body.writeString(Self.state(nil))
            body.writeStaticString(#","current_image":null,"textinfo":null}"#)
            return Self.json(body)
        }
        body.writeString(
            #"{"progress":\#(progress.fraction),"eta_relative":\#(progress.seconds ?? 0),"state":\#(Self.state(progress))"#
        )
        body.writeStaticString(#","current_image":"#)
        if wantsPicture, let preview = studio.jobs.preview(of: task) {
            let work = ImageWork.encoding(width: preview.width, height: preview.height)
            let memory = ImageWork.encodingBytes(width: preview.width, height: preview.height)
            let parcel = Parcel(preview)
            let text = try await studio.imageWork.run(work, holding: memory, for: admission.requester) { _ in
                guard let preview = parcel.take() else { throw CancellationError() }
                return ByteBuffer(
                    base64: try preview.encoded(
                        as: .png, metadata: PictureMetadata(source: .trainedAlgorithmicMedia)))
            }
            body.writeStaticString("\"")
            body.writeImmutableBuffer(text)
            body.writeStaticString("\"")
        } else {
            body.writeStaticString("null")
        }
        body.writeStaticString(#","textinfo":null}"#)
        return Self.json(body)
    }

    /// Ends the caller's task at the next step; who waits for its pictures gets those that are finished.
    func interrupt(_ request: Request, _ admission: Admission) async throws -> Response {
        if let task = try await namedInBody(of: request, admission) { studio.jobs.interrupt(task) }
        return Self.json(ByteBuffer(staticString: "{}"))
    }

    /// Leaves out the picture that the caller's task is at.
    func skip(_ request: Request, _ admission: Admission) async throws -> Response {
        if let task = try await namedInBody(of: request, admission) { studio.jobs.skip(task) }
        return Self.json(ByteBuffer(staticString: "null"))
    }

    /// The task that the address names: `force_task_id`, or `id_task` as A1111's own page has it.
    private func named(in request: Request) throws(WebError) -> JobIdentifier? {
        let parameters = request.uri.queryParameters
        guard let name = parameters["force_task_id"] ?? parameters["id_task"] else { return nil }
        return try JobIdentifier(a1111: String(name))
    }

    /// The task that the address names, or the body by the same words.
    private func namedInBody(of request: Request, _ admission: Admission) async throws -> JobIdentifier? {
        if let task = try named(in: request) { return task }
        let body = try await request.body.secret(admission.bodies)
        guard body.count > 0 else { return nil }
        let document = try JSONDocument(body)
        guard let name = try document.name("force_task_id") ?? document.name("id_task") else { return nil }
        return try JobIdentifier(a1111: name)
    }

    /// A1111's state of work; nothing of it is anybody else's.
    private static func state(_ progress: JobProgress?) -> String {
        let steps = progress?.stepsPerPicture ?? 0
        let completed = progress?.completedSteps ?? 0
        let isWaiting = progress?.position != nil
        let job = progress == nil ? "" : isWaiting ? "waiting" : "task"
        return #"{"skipped":false,"interrupted":false,"stopping_generation":false,"job":"\#(job)","#
            + #""job_count":\#(progress?.totalPictures ?? 0),"job_timestamp":"0","#
            + #""job_no":\#(progress?.completedPictures ?? 0),"sampling_step":\#(steps > 0 ? completed % steps : 0),"#
            + #""sampling_steps":\#(steps)}"#
    }

    private static func json(_ body: ByteBuffer) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }
}

internal import Hummingbird
internal import Studio

extension Router<WebRequestContext> {
    /// Answers `/sdapi/v1`.
    func addA1111Routes(studio: Studio) {
        let pictures = A1111Pictures(studio: studio)
        let tasks = A1111Tasks(studio: studio)
        let options = A1111Options(model: studio.model)
        let pictureInfo = A1111PictureInfo(studio: studio)
        let collections = A1111Collections(model: studio.model, upscalers: studio.upscalers)
        let extras = A1111Extras(studio: studio)
        serve(.textToImage, post: { try await pictures.respond(to: $0, .textToImage, $1.admission) })
        serve(.imageToImage, post: { try await pictures.respond(to: $0, .imageToImage, $1.admission) })
        serve(.a1111Extra, post: { try await extras.respond(to: $0, .single, $1.admission) })
        serve(.a1111Extras, post: { try await extras.respond(to: $0, .batch, $1.admission) })
        serve(.taskProgress, get: { try await tasks.progress($0, $1.admission) })
        serve(.interruptTask, post: { try await tasks.interrupt($0, $1.admission) })
        serve(.skipPicture, post: { try await tasks.skip($0, $1.admission) })
        serve(.a1111Options, get: { _, _ in options.list() }, post: { try await options.set($0, $1.admission) })
        serve(.a1111Samplers, get: { _, _ in try collections.list(.samplers) })
        serve(.a1111Schedulers, get: { _, _ in try collections.list(.schedulers) })
        serve(.a1111Models, get: { _, _ in try collections.list(.models) })
        serve(.a1111Upscalers, get: { _, _ in try collections.list(.upscalers) })
        serve(.a1111Adaptations, get: { _, _ in try collections.list(.loras) })
        serve(.a1111Styles, get: { _, _ in try collections.list(.promptStyles) })
        serve(.a1111PictureInfo, post: { try await pictureInfo.respond(to: $0, $1.admission) })
        serve(
            .a1111Collection,
            get: {
                try collections.list(
                    $1.parameters.get("collection").flatMap(A1111Collections.Collection.init(rawValue:)))
            },
            post: { try collections.act($1.parameters.get("collection")) })
    }
}

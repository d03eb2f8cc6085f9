internal import Hummingbird
internal import NIOCore

/// What the page loads from under `/page/`: its scripts, and its words in each language.
enum PageFiles {
    private static let scripts = [
        "app.js": PackageResources.app_js, "compare.js": PackageResources.compare_js,
        "dialogs.js": PackageResources.dialogs_js, "dom.js": PackageResources.dom_js,
        "events.js": PackageResources.events_js, "form.js": PackageResources.form_js,
        "locale.js": PackageResources.locale_js, "making.js": PackageResources.making_js,
        "marks.js": PackageResources.marks_js, "mask.js": PackageResources.mask_js,
        "problems.js": PackageResources.problems_js, "request.js": PackageResources.request_js,
        "results.js": PackageResources.results_js, "saving.js": PackageResources.saving_js,
        "shortcuts.js": PackageResources.shortcuts_js, "source.js": PackageResources.source_js,
        "zip.js": PackageResources.zip_js,
    ]

    private static let files: [String: (mediaType: String, body: ByteBuffer)] = {
        var files = scripts.mapValues { ("text/javascript; charset=utf-8", ByteBuffer(bytes: $0)) }
        for language in PageLanguage.allCases {
            files["\(language.rawValue).json"] = ("application/json", ByteBuffer(bytes: language.file))
        }
        return files
    }()

    /// The file of a name.
    static func find(_ name: String?) throws(WebError) -> Response {
        guard let name, let file = files[name] else { throw .unknownURL }
        return Response(
            status: .ok, headers: [.contentType: file.mediaType], body: ResponseBody(byteBuffer: file.body))
    }
}

internal import Hummingbird

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
        "words.js": PackageResources.words_js, "zip.js": PackageResources.zip_js,
    ]

    private static let files: [String: StaticFile] = {
        var files = scripts.mapValues { StaticFile($0, type: "text/javascript; charset=utf-8") }
        for language in PageLanguage.allCases {
            files["\(language.rawValue).json"] = StaticFile(language.file, type: "application/json")
        }
        return files
    }()

    /// The file of a name.
    static func find(_ name: String?, for request: Request) throws(WebError) -> Response {
        guard let name, let file = files[name] else { throw .unknownURL }
        return file.response(to: request)
    }
}

/// An XMP packet (ISO 16684-1) that says how a picture came about, and nothing else: no prompt, time or program.
struct XMP {
    /// The packet as UTF-8.
    let bytes: [UInt8]

    init(_ source: DigitalSource) {
        bytes = Array(
            """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
            <Iptc4xmpExt:DigitalSourceType>\(source.address)</Iptc4xmpExt:DigitalSourceType>
            </rdf:Description>
            </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="r"?>
            """.utf8)
    }
}

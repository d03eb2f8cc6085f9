extension PromptPolicy {
    /// The rule that is part of every policy: nothing sexual that involves minors.
    ///
    /// It is broken where a word for a minor, or an age, is in the same prompt as a word for something sexual, and by
    /// words that mean both at once. It is meant to refuse too much rather than too little.
    static let unconditionalText = """
        list minors
          child, children, childs, childlike, childish, toddler*, infant, infants, baby, babies, kid, kids, kiddie*
          girl, girls, boy, boys, daughter, daughters, son, sons, niece*, nephew*, stepdaughter*, stepson*
          minors, underage*, under age, preteen*, pre teen*, tween, tweens, teen, teens, teenage*, adolescent*, youngster*
          juvenile*, prepubescent*, pubescent*, puberty, schoolgirl*, schoolboy*, schoolchild*, schoolkid*, school girl*
          school boy*, school child*, school kid*, middle schooler*, high schooler*, grade schooler*, preschooler*
          kindergartner*, kindergartener*, kindergarten, elementary school, primary school, middle school, junior high
          first grader*, second grader*, third grader*, fourth grader*, fifth grader*, sixth grader*, seventh grader*
          girl scout*, boy scout*, very young, barely legal, under 18, under eighteen, below 18, not yet 18, younger than 18
          {age} year old, {age} years old, {age} year olds, {age} yearold, {age} yr old, {age} yrs old, {age} y o, {age} yo
          {age} yos, {age} years of age, aged {age}, age {age}, age of {age}, ages {age}, turning {age}, month old
          months old, weeks old
          kindes, kinder, kindern, kleinkind*, kindlich*, schulkind*, madchen*, maedchen*, junge, jungen, jungs, jugendlich*
          minderjahrig*, minderjaehrig*, schuler, schulerin*, schueler*, grundschul*, saugling*, saeugling*, tochter
          {age} jahre alt, {age} jahriges, {age} jahrige, {age} jahriger, {age} jahrigen, {age} jaehrig*, alter von {age}
          zweijahrig*, dreijahrig*, vierjahrig*, funfjahrig*, sechsjahrig*, siebenjahrig*, achtjahrig*, neunjahrig*
          zehnjahrig*, elfjahrig*, zwolfjahrig*, dreizehnjahrig*, vierzehnjahrig*, funfzehnjahrig*, sechzehnjahrig*
          siebzehnjahrig*
          enfant, enfants, enfantin*, fille, filles, fillette*, garcon, garcons, garconnet*, gamin, gamine, gamins, gamines
          adolescente*, mineur, mineure, mineurs, mineures, bebe, bebes, ecolier*, ecoliere*, collegien*, lyceen*, {age} ans
          nino, nina, ninos, ninas, menor de edad, menores, chiquill*, colegial*, muchachit*, hija, hijas
          de {age} anos, {age} anos de edad, tiene {age} anos
          crianca*, menino, menina, meninos, meninas, menor de idade, garotinh*, adolescencia, filha, filhas
          {age} anos de idade, com {age} anos

        list sexual
          sex, sexual*, sexuell*, sexualiz*, sexuel*, sexo, sexe, sexy, sexier, sexiest, nsfw, porn*, xxx, hentai, ecchi, lewd*
          nude, nudes, nudity, nudist*, naked, nakedness, unclothed, undress*, disrobe*, topless, bottomless, without clothes
          without clothing, no clothes, no clothing, no underwear, wearing nothing, in the nude, stripping, stripper*, striptease*, lingerie, panties, thong, thongs, erotic*, erotik*, erotisch*, erotique*, seductiv*, seduce*
          sensual*, aroused, arousal, arousing, horny, slutty, slut, sluts, fetish*, bdsm, bondage, orgasm*, orgasme*, orgy
          genital*, penis, penises, vagina*, vulva*, clitoris, cock, cocks, dick, dicks, pussy, pussies, cunt, cunts, boobs
          tits, titties, nipples, bare breasts, large breasts, big breasts, huge breasts, cleavage, bare chested girl*
          buttocks, bare ass, ass, butt, crotch, cameltoe, upskirt, cum, cumshot*, creampie*, ejaculat*, semen, sperm
          blowjob*, blow job*, handjob*, deepthroat*, fellatio, cunnilingus, masturbat*, intercourse, penetrated, penetration, fuck*
          making love, make love, rape, rapes, raped, raping, rapist*, molest*, incest*, prostitut*, onlyfans
          playboy, pin up, sugar daddy, spread legs, legs spread, suggestive pose*, provocative pose*, explicit
          nackt*, nacktheit, nacktbild*, unbekleidet*, ausgezogen*, ohne kleid*, entkleid*, geschlechtsverkehr, verfuhrer*
          busen, bruste, brueste, fick, ficke, ficken, ficker, fickt, gefickt, freizugig*
          nu, nue, nus, nues, denude*, nudite, deshabill*, sans vetement*, seins, baise*, baiser, sensuel*, pornographi*
          desnud*, sin ropa, sensuales, pechos, tetas, follar*, follando, erotico*, erotica*
          nuas, pelad*, sem roupa*, seios, peitos, transa, transando, sexualidade

        list both
          child porn*, childporn*, kiddie porn*, kid porn*, kidporn*, kinderporn*, pornografia infantil, pedoporn*
          pornographie infantile, pedopornograph*, csam, jailbait*, lolicon*, shotacon*, lolita, lolitas, loli, lolis, shota
          shotas, pedo, pedos, pedophil*, paedophil*, padophil*, paedophilie, pedofil*, toddlercon*, cunny

        list minors-german
          kind

        list sexual-german
          nackt*, nacktheit, nacktbild*, unbekleidet*, ausgezogen*, ohne kleid*, entkleid*, geschlechtsverkehr, sexuell*
          busen, bruste, brueste, fick, ficke, ficken, ficker, fickt, gefickt, freizugig*, erotisch*, porno*

        rule sexual-minors: Sexual content involving minors is not made here.
          @both
          @minors & @sexual
          @minors-german & @sexual-german
          except naked mole rat*, naked mole*, mole rat*, naked neck*, naked eye*, naked cake*, naked juice, naked bike*
          except nude lipstick*, nude color*, nude colour*, nude heel*, nude shoe*, nude shade*, nude tone*, nude palette*
          except nude nail*, nude pump*, nude beige, nude pink, same sex, opposite sex, sex education, sex of the
          except blue tits, great tits, coal tits, crested tits, marsh tits, willow tits, tits on, tits in a, tits at a
          except rape field*, rape flower*, rape blossom*, oilseed rape, rape seed, rape oil
          except explicit instruction*, moby dick, dick van dyke, dick tracy, philip k dick, cock a doodle*, cock crowing
          except weather cock, black cock, cock robin, cock pheasant
          except pussy willow*, pussy cat*, pussycat*, pussy in boots, cigarette butt*, butt joint*, water butt*, butt of the
          except ass and an ox, wild ass, ox and ass, ox and an ass, donkey ass
          except sperm whale*, sperm bank, cum laude, magna cum, summa cum
          except baby boy blue, baby blue, baby pink, baby grand*, baby spinach, baby carrot*, baby corn, baby yoda
          except kid gloves, billy the kid, kid leather, teen titans, son of, daughter of, sons of, golden age of
          except {age} year old whisk*, {age} year old scotch, {age} year old wine, {age} year old rum, {age} year old oak
          except {age} year old bourbon, {age} year old cheddar, {age} year old tree*, {age} year old bonsai*
          except {age} years old whisk*, {age} years old wine, {age} year old car*, {age} year old hous*
          except horny toad*, horny lizard*, nackter fels*, nackte wand, nackter beton*, un nu de, bondage rope knot*, spread eagle, pin up board*, pin up bulletin*
        """
}

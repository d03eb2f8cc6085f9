extension PromptPolicy {
    /// The rules of ``standard``, in the form that an operator edits them in.
    public static let standardText = """
        # Suitable for visitors of 13 and over. Copy, edit, and name the copy in the configuration.

        list sexual
          sex, sexual*, sexuell*, sexuel*, sexo, sexe, sexy, sexier, sexiest, nsfw, porn*, xxx, hentai, ecchi, lewd*
          nude, nudes, nudity, nudist*, naked, nakedness, unclothed, undressed, undressing, disrobe*, topless, bottomless
          without clothes, without clothing, no clothes, no clothing, wearing nothing, in the nude, stripper*, striptease*
          erotic*, erotik*, erotisch*, erotique*, horny, slutty, slut, sluts, fetish*, bdsm, orgasm*, orgy
          genital*, penis, penises, vagina*, vulva*, clitoris, dick, dicks, pussy, pussies, cunt, cunts, boobs, titties
          nipples, bare breasts, large breasts, big breasts, huge breasts, cameltoe, upskirt, cum, cumshot*, creampie*
          ejaculat*, semen, blowjob*, blow job*, handjob*, deepthroat*, fellatio, cunnilingus, masturbat*
          sexual intercourse, fuck*, making love, rape, rapes, raped, raping, rapist*, molest*, incest*, onlyfans
          spread legs, legs spread, bare ass
          nackt*, nacktbild*, unbekleidet*, geschlechtsverkehr, fick, ficke, ficken, ficker, fickt, gefickt, brueste, bruste
          femme nue, homme nu, toute nue, tout nu, nudite, seins nus, sans vetement*, baiser, pornographi*
          desnud*, sin ropa, tetas, follar, follando, erotico*, erotica*
          mulher nua, homem nu, pelad*, sem roupa*, seios, transando

        rule sexual: Sexual content and nudity are not made here.
          @sexual
          except naked mole rat*, naked mole*, naked neck*, naked eye*, naked cake*, naked juice
          except nude lipstick*, nude color*, nude colour*, nude heel*, nude shoe*, nude shade*, nude tone*, nude palette*
          except nude nail*, nude pump*, nude beige, nude pink, same sex, opposite sex, sex education, sex of the
          except rape field*, rape flower*, rape blossom*, oilseed rape, rape seed, rape oil
          except moby dick, dick van dyke, dick tracy, philip k dick, pussy willow*, pussy cat*, cum laude, magna cum
          except horny toad*, horny lizard*, fucking austria, nackter fels*, nackte wand, nackter beton*
          except summa cum, sex and the city, sex pistols, rose de seins

        rule gore: Gore and cruelty are not made here.
          gore, gory, goriest, gorefest*, guro, decapitat*, behead*, disembowel*, dismember*, mutilat*, eviscerat*, entrails
          guts spilling, spilling guts, guts hanging, intestines spilling, intestines hanging, spilled intestines
          severed head*, severed arm*, severed hand*, severed leg*, severed limb*, severed finger*, exposed organs
          flayed, skinned alive, impaled, tortured, torturing, torture scene, snuff film*, blood splatter*, blood spatter*
          pool of blood, pools of blood, covered in blood, soaked in blood, blood soaked, bloody corpse*, bloody body
          bloody bodies, rotting corpse*, rotting flesh, mangled bod*, mangled corpse*, slit throat*, throat slit
          brain splatter*, brains splatter*, bullet wound*, gunshot wound*, stabbed to death, dead bod* & blood*
          corpse* & blood*, enthaupt*, verstummel*, ausgeweidet*, gefoltert*, blutbad, abgetrennter kopf
          decapite*, demembre*, eventre*, decapitad*, descuartiz*, desmembrad*, esquartejad*, mutilad*
          except al gore, gore vidal, gore tex, severed head of state, vlad the impaler, impaled on a fork

        rule self-harm: Suicide and self-harm are not shown here.
          self harm*, selfharm*, suicide, suicidal, hanging himself, hanging herself, hanging themselves, hang myself
          cutting himself, cutting herself, cutting my wrist*, slit wrist*, slitting wrist*, cut wrist*, kill myself
          kill yourself, selbstmord*, suizid*, selbstverletz*, suicidio*, se suicid*
          except suicide squad, suicide prevention, suicide awareness, suicide door*, suicide hotline
        """
}

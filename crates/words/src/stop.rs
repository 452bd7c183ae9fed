//! Words that say nothing about a topic, in English, German, French and Spanish.
//!
//! Short lists written for this project. Deliberately absent: other languages, for which nothing is left out.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether a lower-case word is a stop word in any of the languages.
pub fn is_stop(word: &str) -> bool {
    static STOP: LazyLock<HashSet<&str>> =
        LazyLock::new(|| [ENGLISH, GERMAN, FRENCH, SPANISH].iter().flat_map(|list| list.split_whitespace()).collect());
    STOP.contains(word)
}

const ENGLISH: &str = "\
    a about above across after again against all almost along already also although always am among an and another any \
    anybody anyone anything are aren't around as at away back be became because become been before behind being below \
    between both but by came can can't cannot could couldn't did didn't do does doesn't doing don't done down during \
    each either else enough even ever every everyone everything few for from further gave get gets getting give given \
    go goes going gone got had hadn't has hasn't have haven't having he he'd he'll her here hers herself him himself \
    his how however i i'd i'll i'm i've if in instead into is isn't it it'd it'll its itself just keep kept know known \
    least less let lets like likely little made make makes many may maybe me might mine more most mostly much must my \
    myself near need never no nobody none nor not nothing now of off often on once one only onto or other others our \
    ours ourselves out over own per perhaps please put quite rather really said same saw say says see seem seemed \
    seems seen several shall she she'd she'll should shouldn't since so some somebody someone something sometimes \
    still such take taken than that that'll the their theirs them themselves then there therefore these they they'd \
    they'll they're they've thing things this those though through thus to together too took toward towards under \
    until up upon us use used uses using very via want was wasn't way we we'd we'll we're we've well went were weren't \
    what whatever when where whether which while who whole whom whose why will with within without won't would \
    wouldn't yes yet you you'd you'll you're you've your yours yourself";

const GERMAN: &str = "\
    aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis bist da damit \
    dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du \
    durch ein eine einem einen einer eines er es etwas euch euer für gegen hab habe haben hat hatte hatten hier hin \
    ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jedem jeden jeder jedes kann kein keine \
    keinen können könnte mehr mein meine meinem meinen meiner mich mir mit muss müssen nach nicht nichts noch nun nur \
    ob oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind so solche soll sollte sondern sonst um \
    und uns unser unsere unter viel vom von vor war waren was weil welche welcher wenn wer werde werden wie wieder \
    will wir wird wo wurde wurden würde zu zum zur zwar zwischen über";

const FRENCH: &str = "\
    ai alors au aucun aussi autre aux avec avoir avons bien car ce cela ces cet cette chez comme d'un d'une dans de \
    depuis des donc dont du elle elles en encore entre es est et étaient était été être eu eux fait faire il ils \
    je jusque la le les leur leurs lors lui ma mais me même mes moi moins mon ne ni nos notre nous on ont ou où par \
    parce pas pendant peu peut plus pour pourquoi quand que quel quelle quelques qui quoi sa sans se sera ses si son \
    sont sous sur ta te tes toi ton tous tout toute toutes très tu un une vers vos votre vous";

const SPANISH: &str = "\
    al algo algunas algunos ante antes aquel aquella así aunque bajo cada como con contra cual cuando de del desde \
    donde durante e el él ella ellas ellos en entre era eran es esa esas ese eso esos esta está están estas este esto \
    estos fue fueron ha había hace hacia han hasta hay la las le les lo los más me mi mientras mis mucho muy nada ni no \
    nos nosotros nuestra nuestro o otra otras otro otros para pero poco por porque pues que qué quien se sea según ser \
    si sí sido sin sobre son su sus también tan tanto te tiene tienen toda todas todo todos tu tus un una unas uno \
    unos usted y ya yo";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_languages_are_known_and_topics_pass() {
        for word in ["the", "und", "avec", "también", "doesn't", "über"] {
            assert!(is_stop(word), "{word}");
        }
        for word in ["bank", "haus", "maison", "casa", "机器", ""] {
            assert!(!is_stop(word), "{word}");
        }
    }
}

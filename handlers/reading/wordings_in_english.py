"""How people put their questions in English, contractions written out; days are read before."""

from handlers.reading.wordings import Wording, ways
from handlers.rules.questions import Kind

ME = r"(?P<me>i|me|my|mine)"
NAME = r"(?P<who>[^\W\d_][^\s,?]*(?: [^\W\d_][^\s,?]*){0,3}?)"
WHOSE = rf"(?:(?P<me>my|mine)|{NAME}(?:'s?|s'))"
EVERY = r"(?:everyone|everybody|all|we all|they all|the team|all of us)"
STUDY = (
    r"(?:studied|studying|study|checked[ -]?in|check[ -]?in|checking[ -]?in|signed in|done "
    r"(?:it|the bite|the study|their bite"
    r"|the check-?in)|finished(?: studying| the bite)?|read (?:it|the bite|the card)"
    r"|tapped studied|attended)"
)
CARD = (
    r"(?:(?:the|their|a|any) )?(?:morning|mornings|card|cards|bite|bites|check-?ins?"
    r"|checking in|study|meeting|session)"
)
STILL = r"(?:still |also |all )?"
YET = r"(?: yet| so far| already)?"
PROMISE = r"(?:promises?|commitments?|tasks?|to-?dos?)"
THING = r"(?:promises?|commitments?|tasks?|things?|items?|ones)"
OPEN = r"(?:open|unfinished|outstanding|pending|not done|left|left to do|unkept)"
NOTICE = (
    r"(?:(?:the|that|this|our|my) )?(?:(?:last|latest|newest|most recent|recent) )?"
    r"(?:announcement|notice|message|announcements)"
)
CONFIRM = (
    r"(?:confirmed|acknowledged|received|read|seen|confirm|acknowledge|replied to|signed for"
    r"|signed off)"
)
SHARE = r"(?:check-?in|attendance|study|studying|participation|completion|morning)"

ENGLISH: list[Wording] = [
    *ways(
        Kind.MISSING,
        rf"who(?: all)?(?: is| are| was| were)? {STILL}(?:missing|absent|outstanding|left"
        rf"|not there|not in)(?: the {SHARE})?{YET}",
        rf"who(?: all)?(?: has| have| did| is| was| had)? {STILL}not(?: yet)? {STUDY}{YET}",
        rf"who(?: has| have| is)? {STILL}(?:yet )to {STUDY}",
        rf"who {STILL}(?:needs|has|have|need) to {STUDY}",
        rf"who (?:has |have )?(?:missed|skipped|forgot|forgotten)(?: to {STUDY}| {CARD}| it)?",
        rf"how many(?: people| members| of us)?(?: are| is| were)? {STILL}(?:missing|absent){YET}",
        rf"how many(?: people| members| of us)? (?:have|has|did|had) {STILL}not {STUDY}{YET}",
        r"(?:the )?(?:list|names) of (?:the |those )?(?:missing|absent|absentees|who (?:is"
        r"|are) missing)",
        r"who(?: is| are| was| were) not (?:here|there|present)",
        r"(?:the )?missing (?:list|names|people|members|ones)",
        r"which (?:people|members|ones) (?:are|were) (?:still )?missing",
        rf"(?:is|are|was|were) (?:anyone|anybody|someone|there anyone) {STILL}(?:missing"
        rf"|absent){YET}",
        rf"(?:has|have|did) {EVERY} {STUDY}{YET}",
        rf"(?:is|are) {EVERY} (?:done|checked in|in){YET}",
    ),
    *ways(
        Kind.PRESENT,
        rf"who(?: all)?(?: has| have| had| did)? (?:already )?{STUDY}{YET}",
        r"who (?:is|was|were) (?:here|present)",
        r"which (?:people|members) (?:have )?(?:studied|checked in)",
    ),
    *ways(
        Kind.AWAY,
        r"who(?: all)? (?:is|are|was|were|will be) (?:away|on leave|off|excused|out"
        r"|on holiday|on vacation|on a shift|in the field)(?: work)?",
        r"how many(?: people| of us)? (?:are|were|is) (?:away|on leave|off|excused|out)",
        r"(?:is|was) (?:anyone|anybody) (?:away|on leave|off|excused)",
        r"who (?:has |took |has taken )(?:leave|a day off|taken leave)",
    ),
    *ways(
        Kind.RATE,
        rf"(?:what (?:is|was) )?(?:the |our )?{SHARE} (?:rate|percentage|share|ratio)",
        r"(?:what (?:is|was) )?(?:the |our )?rate",
        r"(?:what (?:share|percentage|part)|how many)(?: people| members| of us| of them)?"
        rf"(?: have| has| had| did)?(?: already)? {STUDY}{YET}",
        r"(?:what (?:is|was) )?(?:the |our )attendance",
        r"how (?:is|was) (?:the |our )?attendance",
    ),
    *ways(
        Kind.STATUS,
        r"how (?:do|did|are|were|is|was) (?:things|we|the team|everything|everybody"
        r"|everyone)(?: stand| stood| doing| going| do)?",
        r"where do we stand",
        r"(?:the )?status(?: report)?",
        rf"(?:the )?{SHARE} (?:status|figures|numbers|summary|progress)",
        rf"how (?:is|was) (?:the )?{SHARE}(?: going)?",
    ),
    *ways(Kind.STATUS, r"how (?:is|are|was|did)(?: it)?(?: doing| do| going)?", teamed=True),
    *ways(
        Kind.STREAK,
        rf"(?:what (?:is|was) |how long (?:is|was) )?{WHOSE} (?:current |check-?in "
        r"|study )?streak(?: now)?",
        rf"how (?:many|long)(?: days| mornings| times)?(?: in a row)? (?:have|did) {ME} "
        r"(?:studied|checked in|study|check in)(?: in a row| without a break)",
        rf"how many (?:days|mornings|times) in a row (?:have|did|has) (?:{ME}|{NAME}) "
        r"(?:studied|checked in|study|check in)",
        rf"how many (?:days|mornings|times) (?:have|did|has) (?:{ME}|{NAME}) (?:studied"
        r"|checked in|study|check in) in a row",
        rf"how many (?:days|mornings|times) in a row (?:do|am) {ME}(?: have)?",
        rf"how long have {ME} been (?:studying|checking in)",
    ),
    *ways(
        Kind.CHECKINS,
        rf"how (?:many times|often|many days|many mornings) (?:have|has|did) (?:{ME}"
        rf"|{NAME}) {STUDY}",
        rf"how many (?:mornings|days|cards|check-?ins) (?:have|has|did) (?:{ME}|{NAME}) "
        r"(?:miss|missed|skip|skipped|have|had|studied|attended|attend)",
        rf"(?:what (?:is|was|are) )?{WHOSE} (?:check-?ins?|attendance|study record|record"
        rf"|mornings|{SHARE} (?:rate|record|history))",
        rf"how (?:is|was) {WHOSE} attendance",
        rf"(?:have|has|did) (?:{ME}|{NAME}) {STUDY}{YET}",
        rf"(?:has|did|have) (?:{ME}|{NAME}) (?:miss|missed|skip|skipped)(?: {CARD}| it| any)?",
        rf"(?:is|was|am) (?:{ME}|{NAME}) (?:missing|absent|away|on leave)",
    ),
    *ways(
        Kind.PROMISES,
        r"(?P<me>my)",
        rf"(?:what (?:is|are|were) |list )?{WHOSE} (?:{OPEN} )?{PROMISE}",
        rf"what (?:did|has|have) (?:{ME}|{NAME}) promised?(?: to do)?",
        rf"what (?:else )?(?:do|does|did) (?:{ME}|{NAME}) (?:still )?(?:have|owe|need"
        r"|promise)(?: (?:to|left to) do| open| left| outstanding)?",
        rf"what (?:have|has) (?:{ME}|{NAME}) (?:still )?(?:got )?(?:open|left|outstanding"
        r"|to do|left to do)",
        rf"(?:which|what|how many) {PROMISE} (?:do|does|have|has) (?:{ME}|{NAME}) "
        r"(?:still )?(?:have|got|made|make)?(?: open| left| outstanding)?",
        rf"(?:which|what) of {WHOSE} {PROMISE} (?:are|is) {OPEN}",
        rf"(?:has|did) {NAME} (?:kept|keep) (?:his|her|their) {PROMISE}",
        rf"(?:do|does) (?:{ME}|{NAME}) (?:still )?have (?:any )?(?:{OPEN} )?{PROMISE}(?: open)?",
    ),
    *ways(
        Kind.OVERDUE,
        rf"(?:what|which {THING}|who|how many {THING}?)(?: is| are| was)? ?(?:already )?"
        rf"(?:overdue|past due)(?: {THING})?",
        rf"(?:the |all )?overdue(?: {THING}| list)?",
        rf"(?:what (?:is|are) )?{WHOSE} overdue(?: {THING})?",
        rf"(?:is |are )?(?:there )?(?:anything|something|any {THING}|any) overdue",
        rf"(?:is|are|has|does) (?:{NAME}|{ME}) (?:have )?(?:anything )?overdue(?: {THING})?",
        rf"what (?:do|does|has|have) (?:{ME}|{NAME}) (?:have |got )?overdue",
    ),
    *ways(
        Kind.DUE,
        rf"(?:what|which {THING}|who|how many {THING}?)(?: all)?(?: is| are| was| falls?"
        rf"| comes?| will be)? ?due(?: {THING})?",
        rf"(?:the |all )?(?:{THING} )?due",
        rf"(?:what (?:is|are) )?{WHOSE} {THING} due",
        rf"what (?:do|does|must|should|will) (?:we|they|{ME}|{NAME}) (?:have to |need to "
        r"|must )?(?:do|finish|deliver|hand in|get done|complete)",
        r"what (?:has|have|is|are) (?:to be|supposed to be) (?:done|finished|delivered"
        r"|completed)",
        rf"(?:is |are )?(?:there )?(?:anything|something|any {THING}) due",
        rf"due {THING}",
    ),
    *ways(
        Kind.STUDIED,
        r"what (?:do|did|have|are|were|will) (?:we|you|they|the team|i) (?:study|studied"
        r"|learn|learned|learnt|studying|learning|read|cover|covered)",
        r"what (?:is|was|are|were) (?:the |our )?(?:bites?|lessons?|topics?|cards?"
        r"|subjects?|study)(?: about)?",
        r"what (?:was|is) (?:studied|learned|taught)",
        r"what (?:was|is) (?:the )?(?:morning|meeting|card|bite) about",
        r"which bites? (?:did|do|have) we (?:study|studied|read|have|had)",
    ),
    *ways(Kind.STUDIED, r"(?:the )?(?:bite|bites|card|lesson|lessons)", timed=True),
    *ways(
        Kind.HARDEST,
        r"(?:what (?:was|is|were|are) |which (?:was|is|were|are) )?(?:the |our )?(?:most"
        r"(?: often)? missed|hardest|most difficult|toughest|worst)"
        r"(?: questions?)?(?: of| this)?",
        r"(?:which|what) questions? (?:is|was|are|were) (?:the )?(?:hardest|most difficult"
        r"|toughest|missed most|most missed|answered wrong(?:ly)? most(?: often)?)",
        r"(?:which|what) questions? (?:did|do) (?:we|people|most) (?:get wrong|miss)"
        r"(?: most| the most| most often)?",
        r"what (?:did|do) (?:we|people) get wrong(?: most| the most| most often)?",
    ),
    *ways(
        Kind.UNCONFIRMED,
        rf"who(?: all)?(?: has| have| did| had| is)? {STILL}not(?: yet)? {CONFIRM}"
        rf"(?: {NOTICE}| it)?{YET}",
        rf"who {STILL}(?:has|have|needs|need)(?: yet)? to {CONFIRM}(?: {NOTICE}| it)?",
        rf"how many(?: people| of us)? (?:have|has|did) (?:{STILL}not )?{CONFIRM}"
        rf"(?: {NOTICE}| it)?{YET}",
        rf"(?:has|have|did) {EVERY} {CONFIRM}(?: {NOTICE}| it)?{YET}",
        rf"(?:the )?receipts(?: of| for)? {NOTICE}|(?:the )?(?:receipts|missing receipts"
        r"|receipt rate)",
        rf"whose receipts? (?:is|are) {STILL}missing",
        rf"who (?:missed|ignored) {NOTICE}",
    ),
    *ways(
        Kind.BOARD,
        r"(?:the |our |team )?(?:promise |team )?board",
        r"(?:what (?:is|are) )?(?:all |our |the team's |everyone's |everybody's |the )"
        rf"(?:{OPEN} )?(?:promises|commitments)",
        rf"(?:which|what|how many) (?:{OPEN} )?{THING}(?: are| is)?(?: still)? {OPEN}",
        r"what (?:is|are) (?:still )?open",
        r"(?:all )?open (?:promises|commitments)",
        r"what (?:did|have) (?:we|they|people|everyone) promised?",
    ),
]

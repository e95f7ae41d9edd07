"""Common words that are one letter away from a cue without being a slip of one, for reading slips in ``slips``."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EVERYDAY = _words(
    """
    aboard accepts accommodations actions addict addition additional additions adjusted affair affects agreements aight
    airports alter although america americans among angel applications applies appreciated appreciates arabia arena argued
    armrest articles asset assets assurance attach attached attaches auction awhile backed backing backs badges bailing
    baked baking balanced balances banded bands banger barely barking based bathrooms batting battles beach bearing beater
    bells bigger bikes billing billions bind blades blessed block books border bounded bounty branded brands brash brave
    bread breaks breath bright brings broad broker brother brothers brush budge bummed bumper bumping bureaus buying
    caches cakes cancellations cancels capture cared career carried cases cash cashed cater caused causes ceased centres
    chain chairs champions chances chapter charles charter charters chased chats cheapen cheaper cheapest cheats
    checkbooks cheer chester chief chili chill chilling chose citizens cleaner cleaning clears clock closer closet
    closings cloud cluster coach codes coding coke colors communicated competitors complains completed compromise comps
    computers concerns concert concession consumers contrast conversation cooking copies count counts coupled covers cream
    creamed creased creates creating creator creators creek creeps crema cremation crick cross crown dated dating dealt
    debut decent decline decreased dedication defective denise depend deserved desperation detail detect detector dialing
    difficulty disable disappears disputes ditch doubled drained drawn dreamed dressed driven drives drying earning effect
    employer envelopes equals erased escalate evaluate evaluated evaluation everythings exists experiences expire explore
    exploring export exports extract extracts faces fails falls faster faxed feature feelings fellow ferry filling finals
    finder finding finds fined fired firing fitch fixes fleek fleet follower foods format forms forums founded frames
    freak frying funded galley gears goods grade grained grandparents granted grenada grime growing handed handled handler
    hanger hawks heading health healthy hears hearts heater heaters heaven height heights herring hills hiring holder
    holdings holes honey hopes hotels hover humor hundred hungary identify images increased incredibly incur indiana indie
    inline insert iphones issued jacked jacket james kings lacking lacks lame landed lanes languages larger latter launch
    layer layers laying leading leads lease leased leasing leeds lender lifes lighting likes liking links lived locking
    logic looked looping lovers lower lowers lowest lying mails maint maker managed marking marks massage master masters
    matters meaning meeting messes milling mince misses mister mixed mixes motel mouth moves musics nails naked nations
    newer noises noting nudge olive onion operations orson ourselves overhead overheads oversight packed packing packs
    paint painted painting pants parasite parking parks passes passive pasting patches pausing paying peace peter petty
    phased phrase pilling places placing planted playback playing pleas pleased pockets pointing polite pooling ports
    poster posting pounded praise praised praying precious pressed preview priced prices pricey prince printing prize
    produce products proved proven provides punk punking purposes qualify quest quickbooks races racing raids rails raised
    raises ransom rapid rarely rated rating reaches reads reasons receiver receives recipes recover refer refunds refuses
    regards regions released remembers removes render rental resent reserves resets resort revenue reverted rewarded rick
    roads robbie robert robin robins rocked rounded royal rules runways rushed sails savage saying scattered schools
    scored scores scott screens seamed secured seeks sells serve serves serviced servicers sever shade shake shane shape
    shell shift shoes shorts shoulder shove shovel shuts sigh singer singing sister sisters sites skipped slanted slate
    slight sling smiles snowing snuck soaking sole sought sounded sparkling spelled spilt sport spring sprint stable stack
    staffed stale standalone stands starred starts statements staying steak steamed stepped stick sticks stocks stoke
    stored storms stove strained streamed strings stripe strive stroking stronger struggle styles subscriber sunny
    supports swing swipe tails taken takers tasks teamed teams teas teased tenants terminals tests theater theatre theirs
    theme thighs thorough though thousand thread threaded threads through thurs thus ticking tires tiring todays token
    tonic tools topic trace trained traveler travelers travelled treat treating treats tricks tripping trips troubles
    trying tuned tunes understands usable vacations vague values vault vehicles visas vocal voicemails wacker waiving
    warned wealth wearing welcomed wells wiling willing wipes wiring withdrawl worlds yikes youth yummy
    """
)
"""Written from what people write to companies when nothing is wrong; a word here is never taken for another one."""

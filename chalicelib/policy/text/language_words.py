"""Everyday words by language, written for telling languages apart in short posts."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = _words(
    """
    the a an i my your his her its our their this that these those there here it he she we they you them us him is are
    was were be been being am isnt arent wasnt werent im ive ill id youre youve hes shes theyre theyve weve have has
    had havent hasnt hadnt having do does did dont doesnt didnt doing done will would wont wouldnt can cant cannot
    could couldnt should shouldnt may might must shall and or but if then than because so as of to in for with without
    into onto by about after before since until again still yet already just only even ever never always now today
    tonight tomorrow yesterday what when where why who how which whose whats wheres whens hows any anyone anybody
    anything some someone somebody something nobody nothing everyone every each both all another other others such
    same own very too also please thanks thank hello hey hi help need needs needed want wants wanted get gets got
    getting give gave given going gone went go come coming make made know known think thought said say says told tell
    tells ask asked asking see seen saw look looking looks work works working worked try trying tried keep keeps kept
    using used call called calling back down up out off over under not no yes nope yep okay right wrong new old last
    next first more most much many few little less long late early later soon day days week weeks month months hour
    hours minute minutes morning evening night year years ago while order ordered parcel package delivery deliver
    delivered arrive arrived arrives waiting wait missing lost sent send account card payment paid pay charged charge
    money bank statement balance login logged log password locked flight flights bag bags baggage luggage booking
    booked ticket tickets seat seats cancelled canceled delayed delay phone internet signal router broadband
    connection website site update updated email number customer service support store shop item stock open opening
    close closed refund return returned replacement doesn anyway really actually maybe able unable unavailable issue
    issues problem problems question error broken dead slow stuck fix fixed reset stop stopped start started change
    changed through between around during against people person time times way one two three on at me let lets put
    take took taken takes hold held leave left bring brought buy bought sell sold find found feel felt turn turned
    happen happened happening receive received require required believe understand remember forget forgot learn speak
    spoke talk talked talking hear heard read write wrote written show shows showing move moved play run running live
    stay add added cancel check checking download downloaded upload load loading install installed connect connected
    charging charges refunded transfer transferred withdraw withdrawn exchange purchase purchased expired verify
    verified blocked unlock activate activated register registered sign signed apply applied renew switch choose claim
    top home house family friend friends husband wife mum mom dad son daughter kids child guys man woman great good
    bad best better worst terrible awful horrible amazing awesome love hate like liked happy sad angry sorry annoying
    annoyed frustrated frustrating ridiculous disgusting useless poor free cheap expensive full empty big small high
    low fast quick quickly easy hard difficult possible impossible true false different sure ready available half
    whole rest part place thing things stuff point reason answer reply response respond information details line pm
    mon tuesday wednesday thursday friday saturday sunday monday january february march april june july august
    september october november december train station airport plane gate crew staff driver branch manager agent team
    desk counter food meal coffee water power electricity heat screen battery laptop computer printer device mobile
    data text texts message messages calls mail post page link code credit debit fee fees loan mortgage savings
    insurance policy fraud cash machine atm direct deposit hope wish wonder wondering appreciate sort sorted helps
    helped helping twice once instead either neither rather quite almost enough else though although however unless
    whether per via yall theres thats whos wouldve couldve shouldve gonna wanna gotta pls plz thx lol omg wtf tf btw
    asap
    """
)
"""Function words first, then what people say to a company."""

OTHERS: dict[str, frozenset[str]] = {
    "es": _words(
        """
        el los las una unos unas del al y o pero porque
        como cuando donde quien cual mi mis tu tus su sus nos nosotros ustedes yo ella ellos esta este esto estos
        estas ese esa eso aqui hay es son soy eres estoy estan fue era ser estar tengo tiene tienen hace hacer puedo
        puede pueden quiero necesito no me se lo le les que con sin por para desde hasta muy mas tambien ya nunca
        siempre hola gracias favor ayuda dias semana pedido paquete envio tarjeta cuenta cobro llega llegado alguien
        todavia la de en un lo si ni os te han  cuanto cuanta cuantos cuantas hoy ayer manana tarda tarde noche llegar
        funciona funcionan abre abren cierra tienda movil telefono direccion pagar factura linea vuelo retraso maleta
        cambiar cambio cambia encuentro aparece tarifa cada vez otra otro otros otras nuevo nueva antes despues ahora luego
        algo nada segun entre sobre teneis tienes sois habeis podeis puedes estais vosotros recibido perdido llevo espero
        esperando aun poco menos mismo misma buenas buenos quiero queremos necesita hemos haber pagina seguro codigo
        descuento asiento precio contrato cobran cobertura significa vuelven vuelve carga entrar salir poner mucho mucha
        dos tres
        """
    ),
    "pt": _words(
        """
        os uma uns umas do da dos das ao aos e ou mas porque como quando onde quem qual meu minha meus seu sua nosso
        voce voces eu ele ela eles esta este isto isso aqui nao sim sao sou estou estao foi era ser estar tenho tem
        fazer posso pode quero preciso que com sem por para pra desde ate muito mais tambem ja nunca sempre ola oi
        obrigado obrigada favor ajuda dias semana pedido encomenda entrega cartao conta ainda alguem cade
        """
    ),
    "fr": _words(
        """
        le la les une des du au aux et ou mais donc parce que quand comment pourquoi qui quoi mon ma mes ton ta tes
        son sa ses notre nos votre vos leur je tu il elle nous vous ils elles ce cette ces ici est sont suis es etes
        etait etre avoir ai avez ont avons fait faire peux peut pouvez veux ne pas plus jamais toujours deja depuis
        avec sans pour dans sur chez bonjour salut merci svp aide jours semaine commande colis livraison carte compte
        jai cest quelquun
        """
    ),
    "de": _words(
        """
        der das dem den des ein eine einen einem einer und oder aber weil wenn wann wie wo warum wer welche mein meine
        meinen meiner dein deine sein seine ihr ihre unser unsere euer eure ich du er sie wir mich mir dich dir uns
        euch es dies diese dieser hier ist sind bin bist seid habe hast hat haben hatte wird werden wurde kann konnen
        muss nicht kein keine nein ja mehr noch schon immer nie seit mit ohne fur von vom zu zum zur auf aus bei nach
        uber hallo danke bitte hilfe tage woche bestellung paket lieferung karte konto geht kommt bekomme warte
        """
    ),
    "it": _words(
        """
        il lo gli una uno del della dei delle degli al alla ai alle dal dalla nel nella e o ma perche come quando dove
        chi quale mio mia miei mie tuo tua suo sua nostro vostro io lui lei noi voi loro questo questa questi qui sono
        sei siamo siete era essere ho hai ha abbiamo avete hanno fatto fare posso puo voglio non mi si ci vi che con
        senza per da molto piu anche gia mai sempre ciao salve grazie favore aiuto giorni settimana ordine pacco
        spedizione carta conto ancora qualcuno
        """
    ),
    "nl": _words(
        """
        de het een en of maar omdat als wanneer hoe waar waarom wie welke mijn jouw je jij zijn haar ons onze jullie
        hun ik hij zij wij mij dit deze die dat hier ben bent heb hebt heeft hebben had wordt worden kan kunnen moet
        niet geen nee meer nog altijd nooit sinds met zonder voor van naar op uit bij na over hallo dank bedankt
        alstublieft hulp dagen bestelling pakket bezorging rekening
        """
    ),
    "sv": _words(
        """
        det den ett och eller men eftersom om nar hur var varfor vem vilken min mitt mina din ditt dina hans hennes
        vart era jag han hon vi ni mig dig oss er detta denna dessa har ar varit hade blir kan maste inte ingen nej ja
        mer fortfarande redan alltid aldrig sedan med utan fran till pa av efter over hej tack snalla hjalp dagar
        vecka bestallning paket leverans kort konto
        """
    ),
    "pl": _words(
        """
        i w z na do od po za przez dla bez oraz lub ale bo poniewaz kiedy jak gdzie dlaczego kto jaki moj moja moje
        twoj jego jej nasz wasz ja ty on ona my wy oni mnie mi ciebie sie to ten ta te tutaj jest sa jestem bylo byl
        mam masz ma macie moge moze nie tak juz jeszcze zawsze nigdy czy co dzien dobry prosze dziekuje pomoc dni
        tydzien zamowienie paczka przesylka dostawa karta konto dziala czekam
        """
    ),
    "tr": _words(
        """
        bir ve veya ama cunku ne zaman nasil nerede neden kim hangi benim senin onun bizim sizin ben sen biz siz onlar
        bana sana bize bu su burada var yok degil mi mu icin ile gibi kadar sonra once daha cok hala hic her hayir
        evet merhaba selam lutfen tesekkurler yardim gun gundur hafta siparis siparisim kargo paket kart hesap gelmedi
        oldu olmuyor calismiyor
        """
    ),
    "id": _words(
        """
        yang dan atau tapi tetapi karena kalau kapan bagaimana gimana dimana mana kenapa mengapa siapa saya aku kamu
        anda dia kami kita mereka ini itu sini ada adalah tidak tak nggak ga gak bukan belum sudah udah akan bisa
        boleh harus dengan tanpa untuk dari ke di pada lagi masih selalu halo terima kasih tolong mohon bantuan hari
        minggu aktif gimana ya pesanan paket kiriman kartu akun rekening kok nih dong min bang saldo lah macam
        """
    ),
    "tl": _words(
        """
        ang ng mga sa na ay at o pero kasi kung kailan paano saan nasaan bakit sino ako ikaw siya kami tayo kayo sila
        ko mo niya namin natin ninyo nila po opo ito iyan yan iyon dito wala walang may meron hindi oo pa lang naman
        din rin ba kay para yung yun salamat tulong araw linggo padala
        """
    ),
    "hi": _words(
        """
        hai hain ho hota hoti hote tha thi raha rahi rahe kya kyu kyun kyon kab kahan kaha kaise kaun mera meri mere
        tera tumhara aap aapka apka apna apni hum tum mai mujhe mujhko hame usko isko ye yeh wo woh aur lekin magar
        agar nahi nahin mat haan ji bhi bahut bohot phir fir se ka ki ke ko par tak wala wali yaar bhai abhi abtak din
        karo karu karna kar kiya diya liya gaya gayi paisa paise kripya madad jaldi
        """
    ),
}
"""Other languages that people write to companies in Latin letters, accents already folded away."""

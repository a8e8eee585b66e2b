#!/usr/bin/env python3
"""Makes labelled texts for the tagger from the templates and lists.

mask_texts.py DATA COUNT [dev.jsonl [FOLD FOLDS train|test]] > TEXTS

Prints lines of "start end KIND;...<tab>text" with offsets in UTF-8 bytes, for mask_train and
mask_eval. With a JSON Lines file, its texts are added (each several times for training); with a fold,
only the texts whose template is inside ("test") or outside ("train") of it. COUNT texts are made
from the templates. Everything is drawn from one seeded generator.
"""
import glob
import hashlib
import json
import random
import re
import sys

rnd = random.Random(20240613)
DATA, COUNT = sys.argv[1], int(sys.argv[2])
UNKNOWN = 0.2  # share of names that are in no list
SLOT = re.compile(r"\{(\w+)\}")


def lines(name):
    with open("%s/lists/%s.txt" % (DATA, name), encoding="utf-8") as f:
        return [x for x in f.read().split("\n") if x]


def latin(words):
    return [w for w in words if all(ord(c) < 0x250 or ord(c) == 0x2019 for c in w)]


FIRST = [w for w in latin(lines("first")) if " " not in w and len(w) > 2]
FIRST = [w if w[0].isupper() else w.title() for w in FIRST]
LAST = [w for w in latin(lines("last")) if len(w) > 2 and len(w.split()) < 3]
LAST = [w if w[0].isupper() else w.title() for w in LAST]
PLACE = [w for w in latin(lines("place")) if w[0].isupper() and len(w) < 30]
LATIN_PLACE = set(PLACE)
OTHER_PLACE = [w for w in lines("place") if w[0].isupper() and w not in LATIN_PLACE]
BIG_CITY = lines("city")
ENGLISH_COUNTRIES = """Afghanistan Albania Algeria Angola Argentina Armenia Australia Austria Azerbaijan
Bahrain Bangladesh Belarus Belgium Belize Bolivia Botswana Brazil Brunei Bulgaria Cambodia Cameroon
Canada Chad Chile China Colombia Croatia Cuba Cyprus Denmark Ecuador Egypt Estonia Ethiopia Fiji
Finland France Gabon Georgia Germany Ghana Greece Greenland Guatemala Haiti Honduras Hungary Iceland
India Indonesia Iran Iraq Ireland Israel Italy Jamaica Japan Jordan Kazakhstan Kenya Kuwait Laos
Latvia Lebanon Liberia Libya Liechtenstein Lithuania Luxembourg Madagascar Malaysia Mali Malta Mexico
Moldova Monaco Mongolia Morocco Mozambique Namibia Nepal Netherlands Nicaragua Niger Nigeria Norway
Oman Pakistan Panama Paraguay Peru Philippines Poland Portugal Qatar Romania Russia Rwanda Senegal
Serbia Singapore Slovakia Slovenia Somalia Spain Sudan Sweden Switzerland Syria Taiwan Tanzania
Thailand Tunisia Turkey Uganda Ukraine Uruguay Uzbekistan Venezuela Vietnam Yemen Zambia
Zimbabwe""".split() + ["United States", "United Kingdom", "New Zealand", "South Africa", "Czech Republic",
                       "Saudi Arabia", "South Korea", "North Macedonia", "Costa Rica", "El Salvador",
                       "Sri Lanka", "Papua New Guinea", "USA", "UK",
                       "U.S.", "Bosnia and Herzegovina", "Ivory Coast", "Dominican Republic"]
COUNTRY = [w for w in latin(lines("country")) if len(w) > 3]
NATION = [w.title() for w in lines("nation")]
NATION += [w.title() for line in open(DATA + "/lists/own.txt", encoding="utf-8") if line.startswith("nation:")
           for w in line.split(":", 1)[1].strip().split("|")]
NATION = [w for w in NATION if not w.endswith("s") or w.endswith("ss")]
STREET = [w for w in latin(lines("street_name")) if len(w) > 3 and "," not in w]
JOB = [w for w in lines("job") if len(w) > 3]
WORD = [w for w in lines("word") if 4 <= len(w) <= 9 and not w.endswith("s") and w.isascii()]
WORD_FIRST = sorted({x.title() for x in WORD} & set(FIRST))  # names that are words: Grace, Baker
WORD_LAST = sorted({x.title() for x in WORD} & set(LAST))
NAME_WORDS = sorted(set(WORD_FIRST) | set(WORD_LAST))
COMPANY = [w.title() for w in lines("company") if len(w) > 3]
OWN_COMPANY = [w.title() for line in open(DATA + "/lists/own.txt", encoding="utf-8")
               if line.startswith("company:") for w in line.split(":", 1)[1].strip().split("|")]
OFFICE = {}
for line in lines("office"):
    OFFICE.setdefault(line.split("\t")[0], []).append(line.split("\t")[1])


def own_words():
    """The words of mask_words.txt by (language, slot)."""
    out = {}
    for line in open(DATA + "/authored/mask_words.txt", encoding="utf-8"):
        if ":" in line and not line.startswith("#"):
            name, words = line.strip().split(": ", 1)
            out[tuple(name.split())] = words.split("|")
    return out


OWN = own_words()
JOB_FULL = """Accountant|Actuary|Airline pilot|Animal technician|Architect|Art director|Audiologist|
Bank teller|Biomedical engineer|Bookkeeper|Building inspector|Bus driver|Buyer, retail|Cab driver|
Cargo agent|Cartographer|Chief executive officer|Chief of staff|Civil engineer|Claims adjuster|
Commercial diver|Computer support specialist|Construction manager|Consulting engineer|Copywriter|
Corporate trainer|Court reporter|Credit analyst|Customer service representative|Data scientist|
Database administrator|Dental hygienist|Dietitian|Editor, magazine features|Electrical drafter|
Elementary school teacher|Event planner|Farm manager|Financial adviser|Fire inspector|
Fitness trainer|Forest ranger|Front desk clerk|Games developer|General practice doctor|
Graphic designer|Hotel manager|Human resources assistant|Insurance underwriter|Interior designer|
IT consultant|Kindergarten teacher|Lab technician|Land surveyor|Legal secretary|Lifeguard|
Loan officer|Machine operator|Managing director|Market research analyst|Marine biologist|
Mechanical engineer|Medical records clerk|Music therapist|News anchor|Nurse, mental health|
Nursing aide|Occupational therapist|Office manager|Optometrist|Paralegal|Parking attendant|
Pest control worker|Petroleum engineer|Pharmacy aide|Physical therapist|Plant operator|
Police detective|Postal clerk|Press photographer|Product manager|Project coordinator|
Psychiatric aide|Public relations officer|Purchasing agent|Quality inspector|Radio producer|
Real estate agent|Reservation clerk|Roofer|Sales executive|School counselor|Security guard|
Senior software engineer|Ship captain|Social worker|Software developer|Sound technician|
Sports coach|Store manager|Structural engineer|Supply chain manager|Surveyor, minerals|
Systems analyst|Tax preparer|Teacher's aide|Technical writer|Tool and die maker|Tour guide|
Town planner|Traffic clerk|Training specialist|Travel agent|Truck driver|Usher, lobby attendant, and ticket taker|
Veterinary nurse|Web designer|Welding machine setter|Wholesale buyer|Youth worker|
Geschäftsführer|Softwareentwicklerin|Ingénieur logiciel|Directora de ventas|Responsabile acquisti|
Kierownik projektu|Hoofd financiën|Gerente de vendas""".replace("\n", "").split("|")
LEGAL = ["Inc", "Inc.", "LLC", "Ltd", "Ltd.", "PLC", "Group", "Corporation", "GmbH", "AG", "Partners",
         "Associates", "Limited", "Co.", "SA", "S.r.l.", "BV", "Incorporated", "Company", "and Sons", "Holdings"]
TAIL = ["Technologies", "Solutions", "Systems", "Consulting", "Research", "Analytics", "Labs", "Software",
        "Insurance", "Capital", "Finance", "Media", "Health", "Energy", "Data", "Group", "Investments",
        "International", "Networks", "Motors", "Bank", "Foods", "Industries", "Financial", "Resources",
        "Insights", "Services", "Global", "Institute", "Foundation", "University", "Movers", "Club", "Score"]
GLUE = ["data", "health", "med", "fin", "net", "soft", "tech", "info", "geo", "bio", "cloud", "map", "link", "ly",
        "ify", "io", "works", "hub", "base", "point", "street", "score", "trip", "sense", "logic", "metrics"]
TITLES = ["Mr.", "Mrs.", "Ms.", "Dr.", "Mr", "Mrs", "Ms", "Dr", "Miss", "Prof.", "Sir", "Madam"]
FOREIGN_TITLES = {"de": ["Herr", "Frau", "Herrn", "Dr."], "fr": ["M.", "Mme", "Monsieur", "Madame"],
                  "es": ["Sr.", "Sra.", "Don", "Doña"], "it": ["Sig.", "Sig.ra", "Dott.", "Signora"],
                  "nl": ["heer", "mevrouw", "dhr.", "mevr."], "pl": ["Pan", "Pani", "Panie"],
                  "pt": ["Sr.", "Sra.", "Senhor", "Dona"]}
SUFFIX = "Street Road Avenue Lane Drive Boulevard Court Place Square Terrace Parkway Way Close Crescent Grove " \
         "St Rd Ave Ln Dr Blvd Ct Hill Alley Trail Path Gardens Mews Walk Highway".split()
EUROPE = ["{n}straße {k}", "{n}str. {k}", "{n}weg {k}", "{n}gasse {k}", "Am {n} {k}", "{n}platz {k}",
          "rue {n} {k}", "{k} rue de {n}", "{k}, avenue {n}", "{k} boulevard {n}", "rue du {n} {k}",
          "Calle {n} {k}", "Calle {n}, {k}", "Avda. {n} {k}", "C/ {n}, {k}", "Plaza {n} {k}", "Paseo {n} {k}",
          "Via {n} {k}", "Via {n}, {k}", "Piazza {n} {k}", "Corso {n} {k}", "Viale {n} {k}", "Strada {n} {k}",
          "{n}straat {k}", "{n}laan {k}", "{n}weg {k}", "{n}gracht {k}", "{n}plein {k}",
          "ul. {n} {k}", "ul. {n} {k}/{j}", "al. {n} {k}", "os. {n} {k}", "plac {n} {k}",
          "Rua {n} {k}", "Rua {n}, {k}", "Avenida {n} {k}", "Travessa {n} {k}", "Praça {n} {k}",
          "{n}gatan {k}", "{n}vägen {k}", "{n}vej {k}", "{n}gade {k}", "{n}katu {k}", "{n}tie {k}", "{n} utca {k}.",
          "{n} u. {k}.", "{n} út {k}.", "{n}ova {k}", "{n}veien {k}", "{n} {k}", "{n} {k}", "{n} tee {k}", "{k} {n}"]
STATES = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND " \
         "OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY ON QC BC NO NSW VIC QLD".split()
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


TOOLS = lines("tool")


def pick(x):
    return x[rnd.randrange(len(x))]


def chance(p):
    return rnd.random() < p


def digits(n):
    return "".join(pick("0123456789") for _ in range(n))


def number():
    return str(pick([rnd.randrange(1, 100), rnd.randrange(1, 999), rnd.randrange(1, 9999)]))


def crossed(names):
    """A name that no list has: the start of one and the end of another, joined at a letter they share."""
    a, b = pick(names), pick(names)
    places = [(i, j) for i in range(2, len(a)) for j in range(2, len(b)) if a[i] == b[j] and 3 < i + len(b) - j < 15]
    if not places:
        return a
    i, j = pick(places)
    return a[:i] + b[j:]


def some(names):
    """A name of a list, or one in the manner of it, so that an unknown name is nothing unusual."""
    return crossed(names) if chance(UNKNOWN) else pick(names)


def first():
    return pick(WORD_FIRST) if chance(0.06) else some(FIRST)


def last():
    name = pick(WORD_LAST) if chance(0.06) else some(LAST)
    if chance(0.04):
        name += "-" + pick(LAST)
    if chance(0.03):
        name = pick(["van ", "von ", "de ", "van der ", "O'", "Mc", "Di ", "El ", "bin "]) + name
    return name


def person():
    f, l, r = first(), last(), rnd.random()
    if r < 0.55:
        return f + " " + l
    if r < 0.68:
        return "%s %s. %s" % (f, pick("ABCDEFGHIJKLMNOPRSTVWZ"), l)
    if r < 0.80:
        return "%s %s %s" % (f, pick("ABCDEFGHIJKLMNOPRSTVWZ"), l)
    if r < 0.85:
        return "%s %s %s" % (f, last(), l)
    if r < 0.88:
        return "%s %s %s" % (f, first(), l)
    if r < 0.90:
        return "%s. %s" % (f[0], l)
    if r < 0.92:
        return "%s %s %s" % (f, l, pick(["Jr.", "II", "III", "Sr."]))
    if r < 0.94:
        return l + " " + f
    return f if r < 0.97 else l


def city():
    name = pick(OTHER_PLACE) if chance(0.02) else pick(BIG_CITY) if chance(0.2) else some(PLACE)
    r = rnd.random()
    if r < 0.2:
        return name.upper()
    if r < 0.22:
        return "%s (%s)" % (name, pick(PLACE))
    return name


def country():
    return pick(ENGLISH_COUNTRIES) if chance(0.85) else pick(COUNTRY)


def gpe():
    return country() if chance(0.4) else city()


def road():
    """A street without a number; its name must show what it is."""
    r = rnd.random()
    if r < 0.35:
        return "%s %s" % (pick([pick(LAST), pick(PLACE), pick(WORD).title(), pick(FIRST)]), pick(SUFFIX))
    if r < 0.75:
        return pick(STREET)
    form = pick([x for x in EUROPE if not x.replace("{k}", "").strip() == "{n}"])
    name = re.sub(r"^[\d, /{}]+|[\d, /.{}]+$", "", form.format(n=pick([some(LAST), some(PLACE)]), k="", j="").strip())
    return name or pick(STREET)


def street():
    n, r = pick([some(LAST), some(PLACE), pick(FIRST), pick(WORD).title()]), rnd.random()
    if r < 0.3:
        return "%s %s %s" % (number(), n, pick(SUFFIX))
    if r < 0.5:
        return "%s %s" % (pick(STREET), number())
    if r < 0.56:
        return "%s %s" % (number(), pick(STREET))
    return pick(EUROPE).format(n=n, k=number(), j=number())


def zip_code():
    return pick([digits(5), digits(5), digits(5), digits(4), digits(4), digits(3) + " " + digits(2),
                 digits(2) + "-" + digits(3), digits(4) + "-" + digits(3), digits(5) + "-" + digits(4),
                 digits(3), digits(5) + "-" + digits(3), "D-" + digits(5)])


def zip_of(language):
    """A postal code as the country of the language writes it."""
    if language == "en":
        return "%s%d %d%s" % (pick(["SW", "B", "LS", "N", "M", "EH", "CF"]), rnd.randrange(1, 30), rnd.randrange(1, 10),
                              pick("ABDEFGHJ") + pick("ABDEFGHJ")) if chance(0.05) else zip_code()
    if chance(0.1):
        return zip_code()
    if language == "nl":
        return digits(4) + pick([" ", " ", ""]) + pick("ABCDEGHJKLMNPRSTVWXZ") + pick("ABCDEGHJKLMNPRSTVWXZ")
    return digits(2) + "-" + digits(3) if language == "pl" else digits(4) + "-" + digits(3) if language == "pt" else digits(5)


def street_of(language):
    forms = OWN.get((language, "street"))
    if not forms or chance(0.15):
        return street()
    n = pick([some(LAST), some(PLACE), some(LAST)])
    if chance(0.3):
        n = pick(OWN[language, "thing"]).split()[-1].capitalize()
    return pick(forms).format(n=n, m=pick(FIRST), k=rnd.randrange(1, 250), j=rnd.randrange(1, 60))


def org_of(language):
    if (language, "trade") not in OWN or chance(0.5):
        return org()
    trade, name = pick(OWN[language, "trade"]), pick([some(LAST), some(LAST), some(PLACE), pick(FIRST)])
    if chance(0.5):
        return "%s %s" % (trade, name) + (" " + pick(OWN[language, "legal"]) if chance(0.2) else "")
    return "%s %s" % (name, pick(OWN[language, "legal"]))


def capital(word):
    return word[:1].upper() + word[1:]


def noun_of(language):
    """A word of offices and trades or one in the manner of them, in English any word of the dictionary as well."""
    if language == "en" and chance(0.6):
        return pick(WORD)
    return crossed(OFFICE[language]) if chance(0.25) else pick(OFFICE[language])


def flat():
    return pick(["Apt. ", "Suite ", "Apt. ", "Suite ", "Unit ", "Flat ", "Floor ", "Room "]) + digits(3)


def military():
    tail = "%s %s %s" % (pick(["APO", "FPO", "DPO"]), pick(["AA", "AE", "AP"]), digits(5))
    return pick(["PSC %s, Box %s" % (digits(4), digits(4)), "Unit %s Box %s" % (digits(4), digits(4)),
                 pick(["USNS ", "USS ", "USCGC ", "USNV ", "USNNV "]) + pick(LAST)]) + pick(["\n", " ", ", "]) + tail


def address():
    r = rnd.random()
    if r < 0.10:
        return military()
    if r < 0.18:
        return "%s%s and %s" % (pick(["the corner of ", "the corner of ", "corner of ", ""]),
                                pick([road(), street()]), pick([road(), street()]))
    if r < 0.28:
        return "%s, %s %s" % (street(), zip_code(), city())
    if r < 0.40:
        return "%s, %s" % (street(), pick([city(), city(), "%s, %s" % (city(), country())]))
    state = pick(STATES + ["nan"] * 6)
    line = ("%s %s" % (rnd.randrange(1, 99999), street()) if chance(0.7) else street())
    form = rnd.random()
    if form < 0.3:
        return "%s\n %s\n %s\n %s %s" % (line, flat(), city(), country(), digits(5))
    if form < 0.45:
        return "%s %s\n%s\n, %s\n %s %s" % (line, flat(), city(), state, country() if chance(0.5) else "", digits(5))
    if form < 0.65:
        return "%s %s %s %s" % (line, flat(), city(), pick([country(), state, city(), state + " " + digits(5)]))
    if form < 0.85:
        return "%s %s\n%s, %s %s" % (line, flat(), city(), state, digits(5))
    return "%s, %s %s, %s" % (line, city(), digits(5), country())


def org():
    r = rnd.random()
    if r < 0.13:
        return "%s, %s and %s" % (some(LAST), some(LAST), some(LAST))
    if r < 0.20:
        return "%s-%s" % (some(LAST), some(LAST))
    if r < 0.32:
        return "%s %s" % (pick([some(LAST), some(LAST), pick(WORD).title()]), pick(LEGAL))
    if r < 0.46:
        return "%s %s" % (pick([pick(WORD).title(), pick(WORD).title(), some(LAST), pick(PLACE)]), pick(TAIL))
    if r < 0.60:
        return pick([pick(WORD) + pick(GLUE), pick(GLUE) + pick(WORD), pick(WORD) + pick(WORD)]).title()
    if r < 0.64:
        return pick(WORD).title() + pick(WORD).title()
    if r < 0.72:
        return "%s %s" % (pick(WORD).title(), pick(WORD).title())
    if r < 0.75:
        return "%s %s %s" % (pick(WORD).title(), pick(WORD).title(), pick(TAIL + LEGAL))
    if r < 0.79:
        return pick(WORD).title()
    if r < 0.81:
        return "%s and %s" % (pick(WORD).title(), pick([pick(WORD).title(), some(LAST)]))
    if r < 0.90:
        return pick(OWN_COMPANY)
    if r < 0.92:
        return "".join(pick("ABCDEFGHIKLMNOPRSTUVW") for _ in range(rnd.randrange(3, 5)))
    return pick(COMPANY)


def job():
    r = rnd.random()
    if r < 0.6:
        return pick(JOB_FULL)
    if r < 0.8:
        return pick(JOB).capitalize()
    return "%s %s" % (pick(["Senior", "Junior", "Lead", "Chief", "Assistant", "Head of", "Deputy", "Regional", "Airport",
                            "Laboratory", "Hospital", "School", "Labor relations", "Staff development", "Sewer"]),
                      pick(JOB + ["marketing", "sales", "finance", "research", "operations", "logistics"]))


def email():
    return "%s%s@%s" % (first().lower(), pick(["", ".", "_"]) + last().lower().replace(" ", ""),
                        pick(["example.com", "mail.org", "web.de", "post.net", "corp.co.uk"]))


def phone():
    return pick(["{3}-{3}-{4}", "({3}) {3}-{4}", "+49 {3} {7}", "0{2} {4} {4}", "0{3} {2} {2} {2}", "{3} {4}",
                 "+44 {4} {6}", "0{1} {2} {2} {2} {2}"]).replace("{1}", digits(1)).replace("{2}", digits(2)).replace(
        "{3}", digits(3)).replace("{4}", digits(4)).replace("{6}", digits(6)).replace("{7}", digits(7))


def date():
    d, m, y = rnd.randrange(1, 29), rnd.randrange(1, 13), rnd.randrange(1940, 2024)
    return pick(["%d/%d/%d" % (m, d, y), "%d-%02d-%02d" % (y, m, d), "%d.%d.%d" % (d, m, y),
                 "%d %s %d" % (d, MONTHS[m - 1], y), "%s %d, %d" % (MONTHS[m - 1], d, y)])


PERSON_DOES = """is {very} {good}|was {good}|has {did} it|can be trusted|cannot come|will be late|would like to know more|
used to live here|started {doing} as a child|began {doing} at school|stopped {doing}|loves {doing}|hates {doing}|is {doing}|was {doing} when it happened|
never {did} it|already {did} it|{did} and {did}|{did} the {thing}|{did} his {thing}|{did} her first {thing}|{did} a {thing}|{did} it all|
is the {thing}|is a {good} {thing}|is an old friend|is my {thing}|is our new {thing}|was our {thing}|became a {thing}|became famous for {doing}|
won the {thing}|lost the {thing}|has been {doing} for years|has lived in {city} since {year}|moved to {city}|comes from {city}|lives in {country}|
works at {org}|left {org}|is with {org}|thinks that it is {good}|believes in {thing}|knows the {thing}|needs a {thing}|wants to {do}|wanted to {do}|tried to {do}|
asked for the {thing}|explained the {thing}|told everyone about the {thing}|and {first} {did} the {thing}|and {last} were {good} {thing}s|was seen in {city}|
is not {good}, but {first} is|gave {first} the {thing}|called {first}|met {last} in {city}|, who {did} the {thing}, is {good}|, {age}, {did} the {thing}|, my {thing}, {did} it|
plays the {thing} in this {thing}|paid the {thing}|owes me a {thing}|deserves better|likes {nation} food|speaks five languages|just turned {age}|is {age} years old""".replace("\n", "").split("|")
ORG_DOES = """is hiring|is a {good} company|was founded in {year}|has its {thing} in {city}|makes {thing}s|sells {thing}s in {country}|announced a {thing}|closed its {thing}|
sued {org}|bought {org}|has {num} employees|raised prices|lost its {thing}|is the best {thing} in town|is looking for a {thing}|offers {thing}s|published the {thing}|
charged me for a {thing}|sent me a {thing}|won the {thing}|is owned by {org}|is led by {person}|fired {last}|hired {person}|is based in {city}, {country}|is a {nation} bank|
is a {nation} multinational {thing} company|moved from {city} to {city}|runs a {thing} in {city}|invited {person}|helps people {do}|invites {thing}s from around the world|
paid for the {thing}|has a {good} {thing}|provides {thing}s to {org}|, a {thing} from {city}, {did} it|was the first to {do}|orchestra was founded in {year}|office is closed|building was sold|office is at {street}""".replace("\n", "").split("|")
PLACE_IS = """in {p}|to {p}|from {p}|near {p}|outside {p}|through {p}|around {p}|across {p}|back to {p}|back from {p}|here in {p}|all over {p}|in downtown {p}|in southern {p}|in Northern {p}|in Southern {p}|in Eastern {p}|
in the {thing} of {p}|at the University of {p}|in the city of {p}|in their home city {p}|to {p} by {thing}|in {p} by {thing}|in {p} last {thing}|in {p} in {year}|in {p} during the {thing}|between {p} and {p}|for {p}|about {p}|of {p}|as far as {p}|via {p}""".replace("\n", "").split("|")
PLACE_DOES = """is moving on|is {very} {good}|has {did} it|has a new {thing}|wants to {do}|won the {thing}|lost against {p}|will vote on {weekday}|needs {thing}s|is known for its {thing}|has changed its {thing}|was {good} to us|
is far from {p}|and {p} share a {thing}|, {p} and {p} are {good}|is the capital of {country}|exports {thing}s to {country}|gave us the {thing}|joined the {thing} in {year}|is where {first} {did} the {thing}""".replace("\n", "").split("|")
LISTS = """{org}, {org} and {org}|{org}, {org}, {org} and {org}|{org} and {org}|{person}, {person} and {person}|{first}, {last} and {first}|{city}, {city} and {country}|{country} and {country}""".split("|")
DO = "build write sell run paint teach sing read sail drive open keep share learn start cook study design play travel".split()
DID = "built wrote sold ran painted taught sang read sailed drove opened kept shared learned started cooked studied designed played lost missed liked broke found".split()
DOING = "building writing selling running painting teaching singing reading sailing driving sharing learning cooking studying designing playing working smoking".split()
GOOD = "reliable kind nice tall smart quick famous happy tired funny honest rich poor ill brave polite rude late great small local".split()


def work():
    """A capitalised name of a work or thing, which is no personal data."""
    title = " ".join(pick(WORD).title() for _ in range(rnd.randrange(1, 4)))
    return pick(["The %s", "%s", "%s %%d" % "%s", "My %s"]).replace("%d", str(rnd.randrange(2, 99))) % title


def phrase(template):
    """A predicate with its words put in, still with slots for data."""
    words = {"do": DO, "did": DID, "doing": DOING, "good": GOOD, "very": ["very", "so", "really", "quite", "too"]}
    for name, choice in words.items():
        while "{%s}" % name in template:
            template = template.replace("{%s}" % name, pick(choice), 1)
    return template


def sentence():
    """A sentence about a person, an organisation or a place."""
    r = rnd.random()
    if r < 0.5:
        who = pick(["{first}", "{last}", "{first}", "{last}", "{person}", "{person}", "{title} {last}", "{title} {person}"])
        does = phrase(pick(PERSON_DOES).strip())
        body = who + ("" if does.startswith(",") else " ") + does
    elif r < 0.75:
        does = phrase(pick(ORG_DOES).strip())
        body = "%s{org}%s%s" % (pick(["", "", "", "The "]), "" if does.startswith(",") else " ", does)
        if "The " in body and not re.search("orchestra|office|building", body):
            body = body.replace("The ", "")
    else:
        place = phrase(pick(PLACE_IS).strip()).replace("{p}", pick(["{city}", "{country}"]))
        who = pick(["We", "They", "I", "She", "He", "It", "{first}", "The {thing}", "My {thing}", "People"])
        body = "%s %s %s" % (who, phrase(pick(["{did} the {thing}", "{did}", "{did} a {thing}", "{did} it"])), place)
    r = rnd.random()
    if r < 0.23:
        body = journey()
    elif r < 0.29:
        does = phrase(pick(PLACE_DOES).strip()).replace("{p}", pick(["{city}", "{country}"]))
        body = pick(["{country}", "{country}", "{city}"]) + ("" if does.startswith(",") else " ") + does
    elif r < 0.35:
        body = pick(["The {thing}s of {city}: ", "We {did} with ", "{thing}s: ", "They are ", "The {good} ones are ", "{weekday}: ", ""]) + pick(LISTS)
        body = phrase(body)
    r = rnd.random()
    if r < 0.12:
        body += ", " + pick(["said {first}", "says {last}", "but nobody knows why", "and {first} agreed", "as {last} told {org}"])
    elif r < 0.2:
        body = pick(["I think ", "They say ", "Apparently, ", "Then ", "Because ", "Did you know that ", "Last night ", "So ",
                     "I heard that ", "Yes, ", "\u201c", "He said: "]) + body
    return body + pick([".", ".", ".", "!", "?", "", "..."])


MOVES = """flew|went|moved|drove|travelled|returned|came|walked|sailed|cycled|got|commuted|hurried|was sent|was transferred|is going|is flying|is moving|has been""".split("|")
STAYS = """lives|lived|works|worked|grew up|stayed|was born|died|is|was|met {first}|retired|studied|spent a year|is stuck|sits|was last seen|married|got lost|played|won""".split("|")
TIMES = ["", "", "", " on {weekday} morning", " last night", " yesterday", " in {year}", " for a {thing}", " for a business {thing}",
         " with {first}", " by {thing}", " again", ", which is {good}", " with {person}", " tomorrow"]


def journey():
    """A sentence about somebody somewhere."""
    who = pick(["We", "I", "She", "He", "They", "{first}", "{last}", "{person}", "{title} {last}", "My {thing}", "The {thing}"])
    where = pick(["{city}", "{city}", "{city}", "{country}"])
    if chance(0.5):
        return phrase("%s %s %s %s%s" % (who, pick(MOVES), pick(["to", "to", "from", "back to", "from {city} to", "through"]), where, pick(TIMES)))
    return phrase("%s %s %s %s%s" % (who, pick(STAYS), pick(["in", "in", "in", "near", "at", "outside"]), where, pick(TIMES)))


PARTS = {"noun": ("", None), "Noun": ("", None), "tool": ("", lambda: pick(TOOLS)), "nameword": ("", lambda: pick(NAME_WORDS)), "good": ("", lambda: pick(GOOD)), "did": ("", lambda: pick(DID)), "band": ("", lambda: "%s-%d" % (pick(WORD).title(), rnd.randrange(2, 999))), "thing": ("", lambda: pick(WORD)), "work": ("", work),
"person": ("PERSON", person), "first": ("PERSON", first), "last": ("PERSON", last), "city": ("GPE", city),
         "country": ("GPE", country), "gpe": ("GPE", gpe), "street": ("STREET_ADDRESS", street),
         "road": ("STREET_ADDRESS", road), "address": ("STREET_ADDRESS", address), "org": ("ORGANIZATION", org),
         "nation": ("NRP", lambda: pick(NATION)), "job": ("TITLE", job), "zip": ("ZIP_CODE", zip_code),
         "job_in": ("TITLE", lambda: pick(JOB_FULL).lower()), "job_low": ("", lambda: pick(JOB)),
         "email": ("EMAIL_ADDRESS", email), "phone": ("PHONE_NUMBER", phone), "date": ("DATE_TIME", date),
         "year": ("DATE_TIME", lambda: str(rnd.randrange(1950, 2024))), "weekday": ("DATE_TIME", lambda: pick(DAYS)),
         "age": ("AGE", lambda: str(rnd.randrange(18, 95))), "card": ("CREDIT_CARD", lambda: digits(16)),
         "iban": ("IBAN_CODE", lambda: "GB" + digits(20)), "ssn": ("US_SSN", lambda: "-".join([digits(3), digits(2), digits(4)])),
         "ip": ("IP_ADDRESS", lambda: "10.%s.%s.7" % (rnd.randrange(255), rnd.randrange(255))),
         "dl": ("US_DRIVER_LICENSE", lambda: pick("ABCDEF") + digits(8)),
         "url": ("DOMAIN_NAME", lambda: "https://www.%s.com/" % pick(WORD)), "num": ("", number),
         "time": ("", lambda: "%d:%02d" % (rnd.randrange(24), rnd.randrange(60))),
         "money": ("", lambda: pick(["$%d", "%d euros", "€%d", "%d USD"]) % rnd.randrange(5, 90000))}
INTERFACE = {}
for line in lines("interface"):
    INTERFACE.setdefault(line.split("\t")[0], []).append(line.split("\t")[1])


def chunk(language):
    """A few words of an interface in the language."""
    words = re.findall(r"[\w-]+", pick(INTERFACE[language]))
    at, n = rnd.randrange(len(words)) if words else 0, rnd.randrange(1, 4)
    return " ".join(words[at:at + n]) or pick(OWN[language, "thing"])


ENDINGS = {"de": [("e", "er"), ("e", "en"), ("e", "es"), ("e", "em")], "fr": [("", "s"), ("", "e"), ("", "es")],
           "es": [("o", "a"), ("o", "os"), ("és", "esa"), ("és", "eses"), ("", "s")], "it": [("o", "a"), ("o", "i"), ("e", "i"), ("a", "i")],
           "nl": [("e", "e"), ("", "r")], "pl": [("i", "a"), ("i", "iego"), ("i", "im"), ("i", "ie"), ("i", "iej")],
           "pt": [("o", "a"), ("o", "os"), ("ês", "esa"), ("ês", "eses"), ("", "s")]}
POLISH = [("a", "y"), ("a", "ę"), ("a", "ą"), ("a", "ie"), ("ka", "ki"), ("ga", "gi"), ("ia", "ii"), ("ski", "skiego"), ("ski", "skim"),
          ("ski", "skiemu"), ("cki", "ckiego"), ("cki", "ckim"), ("ska", "skiej"), ("ska", "ską"), ("ów", "owie"), ("ów", "owa"),
          ("", "a"), ("", "em"), ("", "owi"), ("", "ie"), ("ek", "ka"), ("ek", "kiem"), ("ec", "ca"), ("ń", "nia"), ("ń", "niu"),
          ("ia", "ię"), ("yna", "ynie"), ("in", "inie"), ("o", "ie")]


def bent(word, endings):
    """A word with one of the endings that fit it."""
    fit = [(a, b) for a, b in endings if word.endswith(a) and (a or word[-1] not in "aeiouyąęóáéíú") and len(word) > len(a) + 2]
    if not fit:
        return word
    a, b = pick(fit)
    return word[:len(word) - len(a)] + b


def cased(text, language):
    """Polish names have cases."""
    return " ".join(bent(x, POLISH) for x in text.split(" ")) if language == "pl" and chance(0.45) else text


OWN_KINDS = {"nation": "NRP", "job": "TITLE"}
for (language, slot), words in OWN.items():
    if slot == "thing":
        PARTS["thing_" + language] = ("", lambda words=words, language=language: pick(words) if chance(0.6) else chunk(language))
    elif slot in OWN_KINDS:
        endings = ENDINGS[language] if slot == "nation" else []
        PARTS["%s_%s" % (slot, language)] = (
            OWN_KINDS[slot], lambda words=words, endings=endings: bent(pick(words), endings) if chance(0.5) else pick(words))
BY_LANGUAGE = {"zip": zip_of, "street": street_of, "org": org_of, "noun": noun_of,
               "Noun": lambda language: capital(noun_of(language))}


def address_parts(separator):
    """An address whose parts are labelled one by one."""
    name = pick(["zip", "zip_as_address"])
    parts = [("STREET_ADDRESS", digits(rnd.randrange(2, 6))) if chance(0.7) else None,
             ("STREET_ADDRESS", street())]
    out, rest = [], []
    for p in parts:
        if p:
            out += [p, ("", " ")]
    rest = [("STREET_ADDRESS", flat()) if chance(0.75) else None, ("GPE", city())]
    out.pop()
    for p in rest:
        if p:
            out += [("", separator), p]
    out += [("", separator if chance(0.8) else ", "), ("GPE", country() if chance(0.8) else pick(STATES)), ("", " "),
            ("ZIP_CODE" if name == "zip" and chance(0.15) else "STREET_ADDRESS", digits(rnd.choice([4, 5, 5])))]
    if chance(0.1):
        out = out[:-2]
    return out


def fill(template, language):
    """Pieces of (kind, text)."""
    out, at = [], 0
    for m in SLOT.finditer(template):
        out.append(("", template[at:m.start()]))
        at = m.end()
        slot = m.group(1)
        if slot.endswith("parts"):
            line = template[template.rfind("\n", 0, m.start()) + 1:m.start()]
            out += address_parts({"parts": pick(["\n", "\n "]), "quoted_parts": "\n" + line,
                                  "line_parts": pick([", ", " ", "\n"])}[slot])
        elif slot in BY_LANGUAGE:
            out.append((PARTS[slot][0], BY_LANGUAGE[slot](language)))
        elif slot == "title":
            out.append(("TITLE", pick(FOREIGN_TITLES.get(language, TITLES))))
        else:
            kind, make = PARTS[slot]
            out.append((kind, cased(make(), language) if kind in ("PERSON", "GPE") else make()))
    out.append(("", template[at:]))
    return out


def escaped(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def emit(pieces):
    spans, text = [], ""
    for kind, part in pieces:
        if kind and part:
            spans.append((len(text), len(text) + len(part), kind))
        text += part
    show(text, spans)


def show(text, spans):
    cut = lambda i: len(text[:i].encode())
    print("%s\t%s" % (";".join("%d %d %s" % (cut(a), cut(b), k) for a, b, k in spans), escaped(text)))


def slipped(text):
    """A word whose capitals went wrong: "aTM"."""
    words = text.split(" ")
    i = rnd.randrange(len(words))
    words[i] = words[i][:1].swapcase() + words[i][1:]
    return " ".join(words)


def recased(pieces):
    r = rnd.random()
    if r > 0.97:
        return [(k, t if k else slipped(t)) for k, t in pieces]
    if r < 0.10:
        return [(k, t.lower()) for k, t in pieces]
    if r < 0.12:
        return [(k, t.upper()) for k, t in pieces]
    if r < 0.15:
        return [(k, t if k else t.lower()) for k, t in pieces]
    return pieces


def templates():
    language, out = "en", []
    for line in open(DATA + "/authored/mask_templates.txt", encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("## "):
            language = language if line == "## clean" else line[3:]
        elif line and not line.startswith("#"):
            out.append((language, line.replace("\\n", "\n")))
    return out


def made(count):
    all_templates = templates()
    for i in range(count):
        language, template = all_templates[i % len(all_templates)] if i < 2 * len(all_templates) else pick(all_templates)
        if chance(0.3):
            language, template = "en", sentence()
        pieces = fill(template, language)
        if chance(0.12):
            around = ("", pick(INTERFACE[language])), ("", pick([" ", "\n", "\n\n", ". "]))
            pieces = [*around, *pieces] if chance(0.5) else [*pieces, *around[::-1]]
        elif chance(0.12):
            language, template = pick(all_templates)
            pieces += [("", pick([" ", "\n", " "]))] + fill(template, language)
        emit(recased(pieces))


def fold_of(template, folds):
    return int(hashlib.sha256(str(template).encode()).hexdigest(), 16) % folds


def given(path, fold, folds, part, times):
    for line in open(path, encoding="utf-8"):
        x = json.loads(line)
        if folds and (fold_of(x["template_id"], folds) == fold) != (part == "test"):
            continue
        spans = sorted((s["start_position"], s["end_position"], s["entity_type"]) for s in x["spans"])
        for _ in range(times):
            show(x["full_text"], spans)


def plain():
    """Interfaces, code, documents and messages: nothing in them is to be found."""
    paths = sorted(glob.glob(DATA + "/authored/mask_plain*.txt"))
    texts = [x.rstrip("\n") for path in paths for x in open(path, encoding="utf-8") if not x.startswith("# ")]
    for text in texts + [x for language in sorted(INTERFACE) for x in INTERFACE[language]]:
        for _ in range(2):
            emit(recased([("", pick(["", "", "- ", "* ", "%s: " % pick(WORD), "%s h " % number()]) + text)]))


def harmless(path):
    """Plain requests without names: nothing in them is to be found."""
    for line in open(path, encoding="utf-8"):
        x = json.loads(line)
        if x["source"].startswith("NotInject") and x["text"].isascii():
            show(x["text"], [])


def main():
    made(COUNT)
    if len(sys.argv) > 3:
        fold, folds, part = (int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]) if len(sys.argv) > 6 else (0, 0, "train")
        given(sys.argv[3], fold, folds, part, 1 if part == "test" else 3)
        if part == "train":
            plain()
            harmless(DATA + "/given/injection_dev.jsonl")


main()

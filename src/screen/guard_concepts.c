/* guard_concepts.c: words of several languages, gathered by what they mean for the guard. */
#include "guard_model.h"

#include "words.h"

#include <string.h>

static const struct {
    const char *name, *words;
} rows[] = {
    { "a person at work", "employee employees staff colleague colleagues coworker coworkers worker "
                          "workers teammate teammates "
                          "subordinate subordinates reports people person persons guy guys intern "
                          "interns trainee junior juniors hire hires "
                          "newcomer developer developers engineer engineers assistant member "
                          "members headcount reps rep freelancers consultants "
                          "receptionist mitarbeiter mitarbeiterin mitarbeitern kollege kollegen "
                          "kollegin team employe employes salarie salaries "
                          "collegue collegues equipe empleado empleados trabajador trabajadores "
                          "colega colegas humans workforce talent everyone "
                          "everybody each someone somebody anyone individual individuals teammates "
                          "boss manager ceo executives personnel" },
    { "a third person", "he him his she her hers they them their er ihn ihm ihr sie il elle lui "
                        "leur ella ellos suyo mr mrs ms herr frau "
                        "monsieur madame senor senora" },
    { "oneself", "i my me mine myself own ich mein meine meiner mir mich eigene je mon ma mes moi "
                 "mi mis yo our ours" },
    { "to rate", "rank ranks ranking ranked rate rates rating ratings score scores scored grade "
                 "grades graded evaluate evaluates "
                 "evaluation evaluations assess assesses assessment appraise appraisal appraisals "
                 "judge judged benchmark stack stackrank "
                 "leaderboard compare compared tiers tier bewerte bewerten bewertung beurteile "
                 "beurteilung rangliste benote classe classer "
                 "note noter evalue evaluer evaluation ordena clasifica evalua puntua nota "
                 "calibrate calibration kpi index label" },
    { "performance", "performance performer performers performing perform performs productive "
                     "productivity underperform underperformer "
                     "underperformers underperforming output efficient efficiency effective "
                     "effectiveness potential utilisation contribution "
                     "effort commitment leistung leistungen rendimiento productif productivo "
                     "rendement talent value valuable attitude reliability "
                     "reliable pip meets exceeds expectations" },
    { "best and worst", "best worst weakest strongest weak lazy laziest slacking slack slacker "
                        "slow slowest slowly least lowest deadweight poor "
                        "bad good better star bottom brutal pull pulling weight schlechteste "
                        "schlechtesten schlechter beste faul pire meilleur "
                        "moins peor mejor top loser useless pretends shame scold praise" },
    { "to dismiss", "fire fired firing dismiss dismissed dismissal sack sacked terminate "
                    "terminated termination layoff layoffs redundant "
                    "redundancy redundancies severance rightsizing rid replace exits sunset let go "
                    "leave shrink laid entlassen entlasse "
                    "kundigen kundige kundigung feuern rauswerfen abmahnung licencier licenciement "
                    "virer renvoyer despedir despido echar "
                    "reprimand warning punishment discipline demote demoted downgrade push quit "
                    "resign part parting goes" },
    { "to hire", "hire hiring hired recruit recruiting candidate candidates applicant applicants "
                 "resume resumes cv cvs shortlist reject rejected "
                 "rejection interview interviews finalist finalists invite fit offer probation "
                 "bewerber bewerberin bewerbung einstellen "
                 "embaucher candidat candidats candidature contratar candidato candidatos extend "
                 "renew contract" },
    { "to promote or pay",
      "promote promoted promotion promotions raise raises salary salaries bonus bonuses pay paid "
      "compensation wage wages earn "
      "earns earned increase merit deserves befordern beforderung gehalt gehaltserhohung verdient "
      "lohn augmentation salaire "
      "promouvoir gagne ascenso salario sueldo gana aumento payslip payslips payroll comp" },
    { "to decide", "decide decides decision decisions choose chooses pick picks select should "
                   "shall ought recommend suggest advise propose "
                   "deserve determine who whom which wer wen wem welche welcher welchen soll qui "
                   "quel quelle lequel quien quienes cual "
                   "elige decides tell name list verdict final justify reason grounds" },
    { "to watch", "monitor monitors monitoring track tracks tracking watch watching spy spying "
                  "surveil surveillance record records recording "
                  "capture captures log logs keylog keylogger observe shadow follow follows "
                  "eavesdrop listen telemetry visibility uberwachen "
                  "uberwache uberwachung verfolge mitlesen lies beobachten surveiller suis vigilar "
                  "lee espiar correlate reconstruct alert "
                  "detective keep eye gps installed minute timestamps profile check film" },
    { "in secret", "secretly secret covertly covert quietly silently hidden hide discreetly "
                   "discreet unnoticed noticing notices stealth "
                   "undetected without knowing heimlich unbemerkt versteckt cachees caches sachent "
                   "insu enteren escondidas unannounced "
                   "trust suspicious traces telling told consent bypass" },
    { "doings of a person", "keystrokes screen screens desktop desktops screenshot screenshots "
                            "webcam webcams camera microphone location whereabouts browsing "
                            "browser websites visited history idle inactive online offline active "
                            "away keyboard break breaks lunch toilet arrival "
                            "arrives late badge door logins chats chat messages message slack "
                            "inbox mailbox mails emails calls phone facebook youtube "
                            "instagram twitter social apps standort nachrichten rechner ordinateur "
                            "ecran correos privados afternoon evening evenings "
                            "night weekend home laptops laptop computers machine" },
    { "to infer", "infer inferring guess guesses predict predicts prediction deduce detect detects "
                  "determine estimate diagnose diagnosis signs "
                  "sign judging likely probability flag figure sense derive work classifier "
                  "analyse analyze profile does is are errate "
                  "vermutlich wohl devine adivina seems look looks risk tell whether" },
    { "a protected trait", "pregnant pregnancy expecting maternity religion religious muslim "
                           "muslims jewish jew christian hindu faith belief beliefs sexual "
                           "sexuality orientation gay lesbian bisexual trans transgender ethnic "
                           "ethnicity race racial origin nationality foreigners "
                           "foreign immigrant immigrants black political politics vote votes party "
                           "leftwing union disabled disability age old older "
                           "young gender sex women woman single divorce divorced married children "
                           "kids family schwanger muslimisch religion enceinte "
                           "embarazada votent sunset surname roots" },
    { "health or feeling", "health ill illness sick sickness disease depressed depression burnout "
                           "burned stressed mental mood moods emotion emotions "
                           "emotional feeling feelings feel adhd autistic autism anxiety diagnosis "
                           "doctor doctors medical therapy psychiatrist cancer "
                           "hiv drinking alcohol drugs addicted addiction stability personality "
                           "narcissist traits loyalty lying liar lie liars krank "
                           "krankheit krankgeschrieben malade maladie depressif souffre enfermedad "
                           "enfermo sentiment wellbeing angry unhappy absences "
                           "absence tone facial lonely struggling quitting looking" },
    { "private data", "salary salaries address addresses home phone mobile number numbers birthday "
                      "birthdate birth dates password passwords pw pwd "
                      "credentials login logins token tokens api bank account iban ssn medical "
                      "certificate certificates payslip private personal "
                      "personnel file files notes diary emergency contact contacts appointments "
                      "calendar inbox mails conversations survey "
                      "anonymous feedback whistleblower reported leave reasons reason hotel privat "
                      "privee personnelle adresse passwort gehalt "
                      "wohnt gagne arret dossier gana movil documents record records data details "
                      "earn earns make makes table users dump lives live" },
    { "to obtain", "give show tell list export dump send find get pull reveal open read print "
                   "forward look lookup look extract display query "
                   "select return returns leak fetch access see peek hint know learn gib zeig sag "
                   "donne montre dis dame muestra dime what whats "
                   "why where was combien cuanto wo warum" },
    { "others", "other others another other's everyone everyones everybody everybodys all "
                "colleague's whole tenant tenants customers neighbour "
                "autres otros anderen alle tous todos organisations organisation users user" },
    { "to identify", "deanonymise anonymise anonymize identify reidentify narrow subtract "
                     "difference timestamps whistleblower who until only one "
                     "left curious work out" },
    { "to harm", "kill killing murder hurt harm harming threaten threatens threat scare scares "
                 "attack shoot stab poison blackmail extort extortion "
                 "harass harassment mobbing bully humiliate humiliates insult insults destroy ruin "
                 "ruins break breaking revenge fail sabotage "
                 "burn wipe wipes steal stealing stalk hate hell nasty nastiest vermin lies rumour "
                 "rumours fake forge forged false faelsche "
                 "falsche drohbrief amenaza menace violence deadly painless suicide goodbye "
                 "disappear body unbreathable fear pills wait hitman evil" },
    { "a dangerous thing", "bomb bombs bombe bombes bomba explosive explosives gun guns weapon "
                           "weapons malware ransomware virus viruses worm trojan "
                           "keylogger exploit phishing hameconnage ddos meth cocaine drugs nerve "
                           "toxin poison launder laundering bribe bribery fraud "
                           "invoices hack hacking hacker hacken knacke crack firewall antivirus "
                           "cookies disinformation terror armed shell insider "
                           "tax income" },
    { "how to", "how instructions steps recipe guide build make create write code plan walk wie "
                "comment como baue fabriquer fabrico script "
                "program draft compose explain provide help" },
    { "instructions", "instruction instructions rule rules guideline guidelines prompt prompts "
                      "directive directives programming restrictions filter "
                      "filters guardrails orders command commands consignes anweisung anweisungen "
                      "instruktionen instrucciones regles reglas regeln "
                      "policy policies context previous above earlier before prior beginning "
                      "initial vorherigen bisherigen davor anteriores "
                      "precedentes preceding systemprompt preprompt befehle auftrage" },
    { "to drop", "ignore ignores ignoring disregard forget forgets override overrides bypass "
                 "overlook neglect drop lift skip discard cancel stop "
                 "instead vergiss vergessen ignoriere ignorieren ignorier oublie oubliez ignorez "
                 "olvida olvide ignora dimentica zaboravi "
                 "missachte nullify abandon erase counts longer now" },
    { "the model", "ai model assistant chatgpt gpt chatbot bot bots llm language you your yourself "
                   "du dein ihre tu vous system developer admin dan "
                   "jailbreak mode unrestricted unfiltered character persona pretend act roleplay "
                   "simulate openai prompt sudo" },
    { "a secret", "password passphrase secret key code passcode flag hidden confidential reveal "
                  "spell letter characters encode base64 reverse backwards "
                  "rot13 hex" },
    { "a thing at work",
      "project projects task tasks ticket tickets invoice invoices budget budgets report text "
      "draft meeting meetings server build "
      "product products customer customers document documents row rows table column file function "
      "page website code version "
      "tool process feature bug bugs contract form release query plan image mail note letter "
      "agenda handbook policy template "
      "projekt projekte rechnung projet projets facture proyecto proyectos factura" },
    { "general question",
      "what how explain difference mean means meaning help tips translate summarise summarize "
      "write rewrite improve convert "
      "describe example examples list recommend advice legal law rights policy" },
};

enum { SLOTS = 4096 };
_Static_assert(LENGTH(rows) <= 64, "concepts are bits");

struct concepts {
    uint64_t hashes[SLOTS], bits[SLOTS];
};

static size_t slot_of(const struct concepts *c, uint64_t hash)
{
    size_t i = hash >> 11 & (SLOTS - 1);
    while (c->hashes[i] && c->hashes[i] != hash)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

const struct concepts *concepts_new(struct arena *a)
{
    struct concepts *c = arena_new(a, struct concepts);
    for (size_t i = 0; i < LENGTH(rows); i++)
        for (const char *w = rows[i].words; *w;) {
            size_t n = strcspn(w, " "), plain = 0;
            char word[32];
            for (size_t k = 0; k < n && plain < sizeof word; k++)
                if (w[k] != '\'')
                    word[plain++] = w[k];
            size_t slot = slot_of(c, word_hash(word, plain));
            c->hashes[slot] = word_hash(word, plain);
            c->bits[slot] |= (uint64_t)1 << i;
            w += n + strspn(w + n, " ");
        }
    return c;
}

uint64_t concept_look(const struct concepts *c, uint64_t hash)
{
    return c->bits[slot_of(c, hash)];
}

const char *concept_name(unsigned concept)
{
    return rows[concept].name;
}

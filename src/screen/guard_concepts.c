/* guard_concepts.c: words of several languages, gathered by what they mean for the guard. */
#include "guard_concepts.h"

#include "gazetteer.h"
#include "words.h"

#include <string.h>

/* Words are plain forms; "rank*" is every word that starts so, and "let_go" two words in a row. The
   rows named in guard_concepts.h stand first. */
static const struct {
    const char *name, *words;
} rows[] = {
    [CONCEPT_NAME] = { "a person's name", "" },
    [CONCEPT_OWNER] = { "somebody's", "" },
    [CONCEPT_QUESTION] = { "a question", "" },
    [CONCEPT_JOB] = { "a job", "" },
    [CONCEPT_NATION] = { "a nation or faith", "" },
    { "staff",
      "employee* staff staffer* colleague* coworker* worker* workforce teammate* subordinate* "
      "workmate* freelancer* contractor* consultant* intern interns trainee* apprentice* "
      "junior juniors newcomer* newbie* hires headcount personnel peers underling* deputy "
      "recruits mitarbeite* mitarbeitern kolleg* angestellt* beschaftigt* belegschaft azubi* "
      "praktikant* auszubildend* employe* salarie* collegue* collaborateur* stagiaire* "
      "empleado* empleada* trabajador* companero* companera* colega* becario* plantilla "
      "dipendent* collegh* collega medewerker* werknemer* pracownik* new_hire new_guy "
      "new_girl team_member team_members direct_report direct_reports staff_member "
      "night_shift sales_reps reps rep crew dev devs tester testers dipendente impiegat* "
      "lavorator* personale squadra medewerk* personeel werknemers collegas pracowni* "
      "wspolpracown* koleg* zespol* funcionari* trabalhador* empregad* equipa equipe "
      "estagiari* praktykant* stazyst* stagiair* bewerber* gehilf* assistent* hilfskraft "
      "aushilf* servant helpers apprentice helper temp temps lehrling* kollegium alternant* "
      "cadre cadres operai* operari* uitzendkracht* incumbent* box boxes roles heads "
      "head_count starters leavers quitters newest sophomore mothers fathers part_timers "
      "breadwinner*" },
    { "people",
      "person persons people guy guys lady ladies girl girls man men boy boys folks human "
      "humans individual individuals someone somebody anyone anybody fellow chap bloke dude "
      "kerl leute mensch* jemand* personne personnes gens quelquun persona personas alguien "
      "gente hombre mujer* named osoba osob osoby ktos kogos czlowiek* mensen iemand qualcuno "
      "qualcun* alguem pessoa* homem mulher uomo donna man_who woman_who widow* widower* "
      "pensioner* retraites teenager* schoolboy* pupil pupils student students stranger* "
      "passer_by witness* victim* neighbours" },
    { "everyone",
      "everyone* everybody* each every all whole entire per alle allen jeden jedes jeder jede "
      "chaque chacun* tous toutes todos todas cada ognuno iedereen each_person each_of one_by "
      "tutti tutte ogni ognun* cada_um cada_uma todo_mundo elke ieder* alle_medewerkers "
      "wszystk* kazd* por_cabeza by_name named_list person_by nominal nominativ* pro_kopf "
      "pro_person" },
    { "boss",
      "boss* manager* supervisor* ceo cto cfo coo director* executive* vorgesetzt* chef* jefe "
      "jefa patron patronne superieur* foreman principal headmaster owner" },
    { "a job",
      "receptionist* driver* nurse* engineer* developer* analyst* cashier* cleaner* clerk* "
      "salesperson salesman salespeople agent agents designer* programmer* accountant* "
      "teacher* technician* waiter* waitress* cook cooks courier* electrician* plumber* pilot "
      "pilots guard guards architect* lawyer* secretary secretaries assistant assistants "
      "operator* carer* caretaker* janitor* picker* packer* bookkeeper* mechanic* fahrer* "
      "verkaufer* entwickler* buchhalter* krankenschwester* sekretar* chauffeur* vendeur* "
      "infirmier* developpeur* comptable* conductor* vendedor* enfermer* contable* applicant* "
      "candidate*" },
    { "team", "team* department* squad division equipe* equipo* abteilung* shift unit group groups "
              "warehouse accounting sales office floor branch" },
    { "third person",
      "he she him her his hers they them their theirs hes shes theyre er ihn ihm ihr ihre "
      "ihren ihrem sie il elle lui leur leurs ella ellos ellas suyo suya su sus himself "
      "herself themselves those these dessen deren celui celle lei loro hij zij zijn haar hun "
      "on ona ich jego jej ele dela dele eles elas whoever him_or" },
    { "honorific",
      "mr mrs ms miss herr herrn frau monsieur madame mme senor senora sra signor signora pan "
      "pani dhr mevrouw senhor senhora dona sig sir madam prof professor dottor* doutor*" },
    { "oneself",
      "i my me mine im ive id ill ich mein meine meinen meinem meiner mich mir je mon ma mes "
      "moi jai yo mi mis me_lo io mio mia miei mie ik mijn eu meu minha moj moja moje mnie "
      "sobie ja" },
    { "own",
      "own myself eigen* selbst selber propre propres moimeme propio* propia* for_myself "
      "i_wrote i_logged i_did i_worked i_booked meine_eigenen propri* meu_proprio mijn_eigen "
      "wlasn* moich eigene_stunden" },
    { "we", "we our ours us lets wir uns unser* nous notre nos nuestro* nuestra* nosotros noi "
            "nostro nostra wij onze ons nasz* nossa nosso" },
    { "the reader",
      "you your yours yourself youre u ur du dein* dich dir tu ton tes toi vous votre vos tus "
      "ti usted ustedes te jij jouw je twoj* tuoi tuo tua voce seu" },
    { "the model",
      "ai ais llm llms chatgpt gpt chatbot* bot bots assistant assistants language_model gpt4 "
      "openai claude gemini bard ki kunstliche kis modele ia copilot llama agent system_ai "
      "automated_system dan jailbreak* ai_model neural model" },
    { "to rate",
      "rank ranks ranked ranking* rate rates rated rating* score scores scored scoring "
      "scorecard* grade grades graded grading evaluat* assess* apprais* judge judges judged "
      "judging benchmark* leaderboard* stackrank* tier tiers calibrat* kpi kpis nine_box "
      "ninebox bewert* beurteil* rangliste* benot* einstuf* einschatz* classe classer "
      "classement notation noter notez evalu* evaluer* ordena* clasific* evalua* puntua* "
      "califica* valuta* classific* beoordel* ocen* league_table bell_curve forced_curve "
      "scorecards percentile* star_rating valutar* classifica* punteggio giudic* pagell* voto "
      "voti beoordeel* rangschik* cijfer cijfers rapportcijfer klasyfik* avali* classificar "
      "nota notas pontua* rangord* note_sur noten zensur* einordn* sternchen thumbs hall_of "
      "hall_fame podium medal league champion* crown trophy rating_for grade_for yardstick "
      "judgement judgment mvp employee_of valuation pecking_order rating_of" },
    { "to compare",
      "compar* versus vs better worse than rather between vergleich* besser schlechter mieux "
      "mejor peor pire against outperform* outdo beats" },
    { "to sort",
      "sort* order ordered ordering list lists group filter arrange categor* classif* label* "
      "prioriti* priorit* bucket* segment* sortier* trie trier triez tri ordonne* column "
      "columns columna spalte colonne table tabla tabelle" },
    { "performance",
      "performan* performer* performing perform performs productiv* produktiv* underperform* "
      "output outputs efficien* effectiv* utilis* utiliz* contribut* effort* commitment "
      "diligen* competen* incompeten* capab* skill* throughput velocity leistung* rendement "
      "rendimiento productif* desempeno zeal dedication reliab* punctual* pull* "
      "pulling_weight weight deliver delivers delivered achiev* results talent talents "
      "potential strengths weakness* attitude work_ethic ethic motivation motivated workload "
      "calibre caliber quality value valuable worth worthless prestazion* rendiment* "
      "produttiv* prestatie* presteer* presteren wydajn* wynik* desempenh* produtiv* rendem "
      "produkt* fleiss fleissig* einsatz* arbeitsweise leistet output_per closes closed sells "
      "bookings figures yields work_rate pace competence keeps_up hard_worker worker_bee "
      "engagement_score above_par below_par par" },
    { "best or worst",
      "best worst weakest strongest weak strong lazy laziest lazier lazybones slack slacks "
      "slacker* slacking slow slowest slowly slower least most lowest highest deadweight "
      "dead_weight poor poorest bad bottom top loser losers useless hopeless mediocre star "
      "stars superstar* lagging laggard* below average above fastest sloppy careless "
      "brilliant freeload* freerid* coast* shirk* skiver* schlecht* beste bestem besten faul "
      "fauler faulsten langsam* schwach* stark* paresseux paresseuse faible* meilleur* pire "
      "pires moins plus mejor* peor* vago vaga flojo menos valued impress* disappoint* "
      "peggior* miglior* pigr* slechtste luiste traagste najgorsz* najleps* leniw* pior "
      "piores melhor melhores preguicos* lent* lenta scarso fraco weakling dud duds ballast "
      "nobody_would miss_least faulste leistungsschwach* minderleister* passengers passenger "
      "bum bums rotten_apple rotten_apples clown dunce a_joke plodder* rockstar* rock_star "
      "ninja overachiever* superb heroes hero zeroes drags drag anchor useful top_three "
      "bottom_three bottom_five letzte letzter schlusslicht" },
    { "a verdict",
      "verdict meets exceeds expectations expectation satisfactory unsatisfactory mark marks "
      "points point score_from out_of scale stars a_player b_player pip performance_review "
      "performance_improvement annual_review year_review review reviews feedback reviewed "
      "zeugnis* arbeitszeugnis beurteilung* mitarbeitergesprach entretien_annuel informe" },
    { "to dismiss",
      "fire fired firing fires dismiss* sack sacked sacking terminat* layoff* laid_off "
      "lay_off laying_off redundan* severance rightsiz* downsiz* let_go lets_go letting_go "
      "get_rid getting_rid replace replaces replaced replacing replacement* kick_out "
      "kicked_out throw_out push_out pushed_out force_out part_ways part_with cut_loose "
      "show_door the_boot pink_slip axe axed oust* offboard* exits sunset managed_out "
      "manage_out cull surplus expendable dispensable entlass* kundig* gekundigt kundigung* "
      "feuer* rauswerf* rausschmei* freistell* licenci* virer vire renvoy* renvoi congedi* "
      "limog* despid* despedi* despido* echar echo licenzi* ontsla* zwolni* resign* quit "
      "quits quitting unrenewed not_renew non_renewal chop retire_early licenziament* "
      "licenziar* mandare_via ontslag* ontslaan wegsturen zwalnia* demiti* demissao "
      "despediment* dispensar mandar_embora abbau abbauen stellenabbau trennen trenn separ* "
      "se_separer rompre rupture fin_de_contrat exit_process exit leaver alumni release_into "
      "chopping_block chop_block chopping overboard lifeboat parting parting_with settlement "
      "aufhebungsvertrag vergraul* loswerden losw* rif reduction_force reduction do_without "
      "without_her without_him spare_least spare future_with future_here employment_ends "
      "regret_inform goodbye_to hand_over_box clear_desk desk_empty empty_desk walk_out "
      "step_down stepping_down shown_out smaller_team garden_leave dead_wood jump_or "
      "constructive" },
    { "to discipline",
      "reprimand* warning warnings formal_warning written_warning disciplin* punish* penal* "
      "sanction* demot* downgrad* suspend* abmahn* verwarn* bestraf* degradier* "
      "avertissement* blame sanctionn* retrograd* amonest* castig* sancion* consequences "
      "accountable confront dock docking withhold deduct verwarnung* waarschuwing* ammoni* "
      "richiam* advertencia* advertir ostrzez* nagan* suspens* paper_trail first_warning "
      "final_warning pending_inquiry reprimande* troublemaker* move_to verweis* ermahn* "
      "strafe strafen bussgeld punition punir multa wage_cut black_mark" },
    { "to hire",
      "hire hiring hired rehire recruit* candidate* applicant* resume resumes cv cvs "
      "shortlist* finalist* interview* interviewee* probation* job_offer bewerber* bewerbung* "
      "lebenslauf* einstell* probezeit embauch* candidat* recrute* contrat* contratar "
      "candidato* curriculum* aspirante* onboard fit culture_fit background_check extend "
      "renew renewal fixed_term vacancy position positions role roles assumer* assum* "
      "sollicit* kandidaat* kandidat* aannemen zatrudni* contratar* admitir embauche* zusage "
      "cv_of trial_day trial_month permanent_contract confirmation offer_letter return_offer "
      "return_offers make_offer befristet* vertrag* verlanger* verlangern renouvel* renov* "
      "cdd cdi periode_essai periode periodo_prueba prova proeftijd colloquio okres_probny "
      "open_position successor*" },
    { "to turn down",
      "reject* turn_down decline declined screen_out filter_out weed_out disqualif* exclude "
      "excluded excludes rule_out discard* knock_out absag* ablehn* aussortier* rejet* refus* "
      "ecarte* rechaz* descart* discriminat* keep_out absage* afwijz* rifiut* odrzuc* recus* "
      "deny denied denies denying bounce refused turndown thin_out" },
    { "to promote",
      "promot* befordern* beforder* befordert promouvoir promu ascend* ascenso* elevate "
      "succession successor* team_lead next_manager promozion* promuover* promov* bevorder* "
      "awans* promocao promotion_slate leiter leitung teamleiter capo ready_for move_up "
      "step_up next_lead senior_role make_partner partner_track nachfolg*" },
    { "pay",
      "pay pays paid raise raises raised salar* bonus* compensation wage wages earn earns "
      "earned earning earnings income payroll payslip* pay_slip pay_rise remunerat* gehalt* "
      "lohn* verdien* verdient augmentation* salaire* paie gagne gagnent prime primes sueldo* "
      "salario* gana ganan nomina nominas aumento* comp stock_options merit increment stipend "
      "hourly_rate overtime_pay per_month 70k take_home makes_per stipendi* salaris loon "
      "stipend* salari* aumento premio bonusy loonsverhoging opslag podwyzk* pensj* wynagrod* "
      "ordenado* gratifica* zulage* pramie* premie* bezahlt payout payouts percent_more "
      "more_money increase_for docked cash_award" },
    { "to decide",
      "decid* decision* choose chooses choosing chose pick picks picking picked select "
      "selects selected selection determin* final_call make_call entscheid* wahle wahlen "
      "auswahl* decide decidez choisi* choix elegir elige escog* decidi* scegli* kies yes_or "
      "or_no verdict bestimm* sceglier* kiezen beslis* zdecyd* wybierz* wybra* escolh* decida "
      "decidere tranche tranchez entscheide auswahlen which_half names_by deciding_vote "
      "cast_vote coin call_it snap_judgement instead_of_me pick_for choose_for make_decision "
      "keeper_test keeper yes_no go_or stay_or ja_oder oui_ou si_o tak_czy sim_ou either_or" },
    { "should",
      "should shall ought must deserve* deserves suggest* recommend* advis* propos* soll "
      "sollen sollte sollten muss mussen dois doit devrait devrais devons faut debo deberia* "
      "deberi* debemos hay_que merece verdient_die best_to justif* grounds justification "
      "case_for case_against worth_keeping keep keeps keeping stay stays dovrei dobbiamo devo "
      "moet moeten powin* mam devemos devia deveria would_you worth_a gehort gehoren "
      "is_it_better better_for" },
    { "who", "who whom whose whos wer wen wem wessen qui quien quienes chi wie_is kto which_of "
             "which_person which_employee which_one which_ones names name name_them wie_van ktory* "
             "ktora* quem qual quais welke wiens czyj* kogo komu" },
    { "which",
      "which welche* quel quelle quels quelles lequel laquelle cual cuales que quale welk*" },
    { "to watch",
      "monitor* track tracks tracked tracking tracker watch watches watched watching spy "
      "spies spying spied surveil* snoop* eavesdrop* observ* shadow shadowing tail tailing "
      "overwatch supervis* wiretap* bug_the bugged stalk stalking follow follows following "
      "uberwach* beobacht* verfolg* ausspah* ausspion* bespitzel* belausch* kontrollier* "
      "surveill* espionn* suivre suivez suis filer ecoute* vigil* espia* segui* rastre* "
      "monitoriz* controla* spionier* keep_eye keep_tabs tabs eye eyes look_over check_on "
      "listen listens in_on mitles* mithor* abhor* mitlesen sorvegli* peek peeking pry prying "
      "controll* spiar* bespied* volg volgen houd bewak* sledz* sledzi* podgladac* obserw* "
      "vigiar vigia* espion* espiar espreit* acompanha* segue* ortet orten ortung follow_her "
      "follow_him check_her check_his track_down keep_watch nachspion* hinterher look_into "
      "eagle big_brother" },
    { "to record",
      "record recording recorded records log logged logging logs capture captures capturing "
      "keylog* screenshot* screen_shot screencap* film filming filmed photograph* videotap* "
      "tape taping intercept* transcrib* timestamp* telemetry wiretap audio footage snapshot* "
      "aufzeichn* mitschneid* filmen enregistr* captur* grab* graba grabar filma registra* "
      "registrar* opnemen opname nagryw* nagran* gravar grava* mitschnitt* aufnehm* aufnahm* "
      "aufgenommen protokollier* intercett* replay playback scraping" },
    { "in secret",
      "secret secretly covert* quietly silent* hidden hide hides discreet* discrete* "
      "unnoticed undetect* stealth* stealthy sneak* surreptitious* invisib* under_radar "
      "without_knowing without_telling without_consent without_noticing without_asking "
      "without_trace without_traces behind_back off_record unbeknownst unannounced incognito "
      "heimlich* unbemerkt* verdeckt* versteckt* ohne_dass ohne_wissen cache caches cachee "
      "cachees en_secret linsu insu secretamente escondid* a_escondidas sin_saberlo sin_que "
      "ocult* disguise* cover_up sachent traces di_nascosto nascost* stiekem heimelijk "
      "ongemerkt potajemn* po_cichu ukryt* em_segredo sem_saber sem_que bez_wiedzy zonder_dat "
      "senza_che on_the_quiet on_the_sly hush nobody_notices nobody_notice not_notice "
      "notices_nothing without_him without_her without_their unseen without_being "
      "out_of_sight unmarked disguised masked invisible dark no_trace leaves_no least_trace "
      "not_show without_it never_know wont_know mustnt_know merkt merken keiner_merkt" },
    { "consent",
      "consent* permission* knowing know_about notice noticed notices notify told telling "
      "tell_them aware awareness opt_out opt_in agree agreement objection objects turned_off "
      "switched_off bypass get_around circumvent* workaround disabled consent_dialog settings" },
    { "a device",
      "keystroke* keyboard mouse screen screens desktop* webcam* camera* cam cams cctv "
      "microphone* mic laptop* computer* pc phone phones handy handys mobile gps dashcam "
      "badge badges bildschirm* rechner kamera* ecran* ordinateur* telephone pantalla* "
      "camara* ordenador* movil* telefono* device devices fingerprint* face faces facial "
      "biometric* wearable* sensor* router vpn computador* telefonin* telefoon telefon* "
      "komputer* kamer* schermo schermi scherm ekran* ecra webcams dashboards tag airtag "
      "airtags tracker drone drones smart_watch chip chips fob key_fob" },
    { "where they are",
      "location* whereabouts where position_of geoloc* geofenc* standort* aufenthalt* "
      "localis* localiz* ubicacion* donde ou wo home_office route routes dov waar gdzie onde "
      "lokaliz* localizz* locatie posicao posizion* woher wohin standorte route_of street_of "
      "house_of hangs_out hanging_out" },
    { "their doings",
      "browsing browser website websites web_history visited history idle inactive inactivity "
      "online offline active away break breaks lunch toilet bathroom restroom smoking smoke "
      "arriv* late lateness tardy door logins login_times chats chat messages message dms dm "
      "slack inbox mailbox mails emails email e_mail calls calling voicemail whatsapp "
      "facebook youtube instagram twitter tiktok linkedin social social_media posts profile "
      "profiles apps nachrichten chatverlauf post mails_von correos mensajes navigation "
      "privat pause pausen pauses descansos conversations gesprache moonlight* second_job "
      "side_job side_gig pausa* pauze* przerw* spion wiadomosc* mensagen* messaggi berichten "
      "posta skrzynk* inaktiv* untatig* afk green_dot status_dot last_seen lastseen "
      "read_receipts typing typed scroll* tinder dating_app strava fitbit netflix games "
      "gaming gossip* liked likes followers stories private_mail away_from nap naps napping "
      "sleeping surf surfing private_calls visits visit" },
    { "after hours",
      "evening evenings night nights weekend weekends home at_home remote remotely wfh "
      "off_duty after_hours after_work outside_work private_life spare_time vacation holiday "
      "holidays sick_leave homeoffice feierabend wochenende teletravail teletrabajo casa "
      "maison free_time serata weekendu wieczor* po_pracy apos_o fora_do thuis a_casa "
      "krankenschein abends nachts sick_day day_off leave_day" },
    { "minute by minute",
      "minute minutes hourly seconds real_time realtime every_minute continuous* constantly "
      "always_on all_day 24_7 live around_clock whole_day every_click every_move minutely "
      "permanent* dauernd rund_um" },
    { "to infer",
      "infer infers inferring inference guess guesses guessing guessed predict* deduc* "
      "detect* estimat* diagnos* derive derives speculat* suspect* suspicion* reveals_about "
      "figure_out work_out tell_whether tell_if find_out find_signs signs sign_of judge_from "
      "judging_by going_by likely likelihood probab* probability odds chances flag flags "
      "flagged classifier classify errat* schatz* vermut* vermutlich ermittl* ableit* devin* "
      "dedui* estim* adivin* prediz* predec* seem seems seemed looks_like sounds_like "
      "look_like hint hints based_on read_between gut_feeling suspicious imply implies "
      "indovin* dedurr* capire_se raad zgadnij* zgadn* adivinh* deduz* raten rate_mal tippe "
      "tippst einschatzen reckon hunch bet betting wager odds_that crystal_ball fortune "
      "psychic horoscope astrolog* palm between_lines vibe vibes smell sense conclude "
      "conclud* give_away giveaway telltale tells_you says_about say_about means_about "
      "probable vraisembl* probabl* pewnie chyba provavel* waarschijnlijk wahrscheinlich*" },
    { "is it so",
      "is are was were does do did has have ist sind hat haben est sont esta estan es tiene "
      "whether if ob si" },
    { "a protected trait",
      "pregnan* maternity expecting religio* muslim* islam* jew jews jewish christian* hindu* "
      "buddhis* sikh* catholic* protestant* atheis* faith* belief* believer* creed sexual* "
      "homosexual* gay gays lesbian* bisexual* queer lgbt* trans transgender transsex* "
      "gender* ethnic* race races racial origin origins ancestry descent nationalit* "
      "citizenship immigra* migrant* migration foreign* refugee* black blacks white whites "
      "hispanic* latino* arab* asian* african* gypsy roma skin color politic* vote votes "
      "voted voting voter voter* left_wing right_wing leftist* leftwing rightwing "
      "conservative* liberal* democrat* republican* socialis* communis* party union* unionis* "
      "unioniz* trade_union works_council gewerkschaft* syndic* sindica* strike disab* "
      "disability* handicap* behinder* schwerbehindert* veteran* age aged ageing old older "
      "oldest elderly young younger retire* retirement menopaus* fertility ivf caste accent "
      "headscarf hijab kippa turban pray prays prayer prayers ramadan sabbath schwanger* "
      "schwul* lesbisch* muslimisch* judisch* katholisch* glaub* herkunft hautfarbe enceinte* "
      "grossesse musulman* juif juifs juive croyan* origine* homosexuel* embaraz* religios* "
      "judio* creencia* origen* etnia raza politisch* politique* geschlecht sexe incint* "
      "gravid* zwanger* ciaz* religion* ebre* mosque synagogue church churches goes_to_church "
      "zwiazk* sindacat* vakbond* orientament* orientacao homoseks* ateu judeu judia etni* "
      "herkomst pochodz* narodowos* origem origini leeftijd wiek idade eta cross halal kosher "
      "pork wine rainbow pride pronoun* hormone* period cycle trimester fertile childless "
      "dialect mother_tongue native dark_skinned light_skinned brown kippah beard beards "
      "migrated passport_country green_card gewerkschafter* linke rechte afd cdu spd grune "
      "votant* votat* wahlt" },
    { "family life",
      "marri* marriage divorc* separat* spouse wife husband partner girlfriend boyfriend "
      "single dating affair affairs lover sleep_with sleeping_with romance crush children "
      "child kid kids baby babies daughter* son sons parent* mother mothers father family "
      "families household relatives ex lives_with flatmate kinder familie familien* ehe "
      "scheidung freundin enfants famille mariage divorce hijos familia matrimonio moglie "
      "marito figli divorziat* vrouw man_en kinderen gescheiden zona maz dzieci rozwod* "
      "esposa marido filhos namorad* fidanzat* copine copain enceinte ehemann ehefrau trenn "
      "verheiratet ledig geschieden lover* mistress tryst honeymoon in_love" },
    { "health",
      "health* ill illness* sick sickness disease* depress* burnout* burned_out burnt "
      "burnt_out mental mentally psych* adhd autis* anxiet* anxious panic therap* doctor* "
      "medica* medicin* medicat* cancer hiv aids diabet* epilep* bipolar schizo* ptsd "
      "chronic* surgery hospital* drinking drinks drunk alcohol* drug_problem addict* sober "
      "stress* exhaust* insomnia symptom* syndrome* disorder* condition conditions suicid* "
      "krank* krankgeschrieben krankheit* gesund* depressiv* arzt arztlich* diagnose* malad* "
      "sante souffr* souffre medecin enferm* salud medico medica baja_medica sick_days "
      "sick_note absence absences absent fehlzeit* overweight obese weight_loss headache* "
      "eating_disorder malatt* malat* ziek ziekte ziek* depressie chor* depresj* doent* "
      "doenca* ubriac* alcol* dronk* alcoolic* sucht* suchtig* trink* alkohol* burn_out "
      "fatigue insulin asthma allerg* clinic klinik* rehab detox hangover tremble* trembling "
      "shak* limp wheelchair fertility_clinic migraine* panic_attack bulimi* anorex* kur reha "
      "pregnancy_test blood blood_test prognosis symptoms" },
    { "feeling",
      "mood* emotion* feeling* feel feels felt sentiment* angry anger sad sadness happy "
      "happiness unhappy lonely frustrat* bitter jealous* upset tone wellbeing morale satisf* "
      "disgruntl* dissatisf* fed_up bored resentful stimmung* gefuhl* laune zufrieden* wutend "
      "humeur etat_esprit sentimiento* animo estado_animo enfad* cry cried cries crying tired "
      "quiet struggling umore felice trist* boos stemming nastroj* humor contente zufried* "
      "genervt moods sulk sulking grudge jealous envy envious burn_with happy_here loneliness" },
    { "character",
      "personalit* character narcissis* introver* extrover* extraver* traits trait "
      "temperament iq intelligen* big_five mbti loyal* disloyal* loyalty trust trustworthy "
      "honest* dishonest* lying liar* liars lies_about cheat* cheater* steal_from integrity "
      "criminal* record_of police_record crime convict* debt debts gambl* bankrupt* "
      "credit_score money_problems rumour* gossip quit_soon flight_risk attrition churn "
      "leave_soon looking_for another_job headhunter job_hunting about_to karakter charakter* "
      "carattere charakt* character_of ehrlich* lugt luge* lugner* mente mentiros* menteur* "
      "bugiard* leugen* klam* manipulative psychopath* sociopath* toxic difficult mole "
      "spy_among traitor* snitch* loyal vertrau* treue" },
    { "private data",
      "address addresses home_address private_address number phone_number mobile_number "
      "birthday* birthdate* birth date_of dob password* passwort* passphrase* passcode* pw "
      "pwd pin pins credential* login logins token tokens api_key keys bank iban "
      "account_number account_details ssn social_security passport* id_card licence "
      "license_number medical_record medical certificate* private personal confidential* "
      "sensitive personnel personnel_file file files notes diary emergency_contact contact "
      "contacts contact_details appointments calendar survey anonymous* whistleblow* reported "
      "payslip* adress* anschrift privatadresse kontonummer geburtstag* geburtsdatum "
      "personalakte* akte adresse_personnelle mot_de adresse* numero dossier* contrasena* "
      "clave direccion* cumpleanos expediente* cuenta credit_card card_number maiden_name "
      "fingerprints hr_file hr_records hr_database records record data_of details_of wohnt "
      "habite vive wohnen lives live residence indirizz* stipendi password telefono "
      "compleanno adres* wachtwoord* haslo hasla hasel adresu telefonu endereco* senha* "
      "palavra_passe telefone* aniversario data_di numero_di geboortedatum kontonumm* konto "
      "lohnzettel gehaltszettel lohnabrechnung krankmeldung krankenakte bulletin_de fiche_de "
      "arret_maladie bulletin dossier_medical busta_paga nomina_de payroll_of earns_more "
      "takes_home mortgage savings pension credit_history health_file doctor_note "
      "sick_certificate references home_number private_mail passcodes alarm_code door_code "
      "keycode recovery_code seed_phrase two_factor 2fa otp" },
    { "to obtain",
      "give show tell list_all export* dump dumps send fetch get pull pulls retriev* reveal* "
      "reveals open opens read reads print prints forward forwards look_up lookup extract* "
      "display* query queries return returns leak leaks access accesses accessing see know "
      "learn obtain* find hand_over copy_of download* scrape share shares disclose expose "
      "unlock gib zeig zeige zeigt sag sage schick* nenne donne donnez montre* dis envoie* "
      "affiche* ouvre* liste dame muestra* dime envia* ensena* abre lee leer mostrar geef "
      "toon dammi mostrami pokaz mostra* dimmi geef_me laat_zien vertel pokaz* podaj* "
      "powiedz* daj mostre* diga* pasame manda* manda_me envoie_moi balance_moi rausrucken "
      "verrat* besorg* hol hole beschaff* wypisz* napisz fish_out dig_up dig snoop_out "
      "whisper spill tip_off blurt smuggle_out" },
    { "why absent",
      "why reason reasons warum grund grunde pourquoi raison* por_que razon* motivo* cause "
      "how_come what_for perche motivo waarom dlaczego powod* wieso weshalb" },
    { "others",
      "other others another else elses autre autres otro otra otros otras anderen andere "
      "andren anderer tenant tenants organisation* organization* someone_elses other_peoples "
      "other_users users user customers clients client neighbour* neighbor* customer_database "
      "rival* competitor* konkurren* concurrent* compet* vecino* nachbar* voisin* altri "
      "altrui andermans inny* innych outr* konkurrenz* wettbewerb* concorrent* konkurent* "
      "colleague_of strangers someone_else somebody_else another_persons not_mine isnt_mine" },
    { "to identify",
      "deanonymi* de_anonymise anonymi* identif* reidentif* unmask* narrow subtract* "
      "trace_back single_out pinpoint* author_of wrote_it wrote_this who_wrote who_said "
      "reverse_engineer correlat* cross_reference triangulat* combine match matches join "
      "link_to timestamps until_only only_one" },
    { "to harm",
      "kill* murder* hurt* harm* injur* maim assault* beat_up punch* stab* shoot* strangl* "
      "suffocat* drown* torture* threat* menac* intimidat* scare* scares terrori* attack* "
      "blackmail* extort* ransom harass* molest* rape* grope* mobb* bully bully* bullied "
      "humiliat* insult* mock* ridicul* defam* slander* smear* destroy* ruin* wreck* reveng* "
      "retaliat* get_back get_even sabotag* vandal* arson burn_down torch set_fire poison* "
      "abduct* kidnap* lure lynch suffer suffers make_pay pay_for make_life life_hell stalk* "
      "hate* hatred hell nasty nastiest vermin subhuman evil despise drohbrief droh* bedroh* "
      "erpress* beleidig* totet toten tote ermord* verletz* vergift* schad* rach* tuer tue "
      "blesser harcel* empoison* veng* detruire amenaz* matar mato herir acos* envenen* "
      "insulta* vengan* extorsion* chantaje chantage odio hass* haine uccid* ammazz* minacc* "
      "ferir* doden vermoord* pijn bedreig* zabi* zabij* skrzywdz* grozb* ameac* agred* "
      "chantag* vingan* wraak zemst* vendett* ricatt* szantaz* chantaje* verprug* schlag* "
      "umleg* fertigmach* einschuchter* make_cry weep tremble_before fear afraid beg beating "
      "beaten bruise* marks_on torment confession cellar get_killed hire_killer killer "
      "assassin* hitman* hit_man contract_killer vanish frighten* terrify pay_visit "
      "knows_family run_over ram run_into push_down trip_wire staged stage_accident brakes "
      "brake brick window smash smear_campaign dox doxx doxing swat swatting stage_a "
      "restraining_order blocked_me turn_up lonely_widow lynch* hunt hunting pester* creep "
      "grab_son abduction catfish* groom* gaslight* shun" },
    { "to die",
      "suicid* kill_myself end_life end_my my_life self_harm cut_myself hang_myself hanging "
      "overdose lethal deadly fatal painless die dying death dead corpse body goodbye "
      "farewell_letter disappear disappear* selbstmord umbringen bringe_mich mourir suicider "
      "morir matarme sterben umbring* selbstmord* no_longer_live not_wake wake_up aufwachen "
      "live_anymore zyc zabic_sie suicidi* togliermi zelfmoord samobojst* tirar_a_vida "
      "matar_me end_it want_out jump_off bridge_jump rope razor_blade slit carbon_monoxide "
      "starve starving 300_calories until_im" },
    { "a weapon or drug",
      "bomb bombs bombe bombes bomba bombas bombing explosive* explos* detonat* grenade* "
      "molotov* molli gun guns firearm* rifle* pistol* ammunition bullet bullets silencer "
      "weapon* knife knives machete napalm gunpowder sprengstoff* waffe* arme_a arma armas "
      "pistola meth methamphet* cocain* heroin fentanyl drug drugs lsd mdma ecstasy cannabis "
      "opioid* crack_cocaine kokain drogen drogue* cocaina drogas nerve sarin ricin cyanide "
      "toxin* toxic chlorine gas unbreathable pills pill dose doses venom anthrax virus "
      "bioweapon* steroids dynamit* sprengsatz* esplosiv* explosief bommen granat* bomb* "
      "pipe_bomb pressure_cooker fuse detonator* charge_so tnt semtex petrol_bomb benzin* "
      "pistole* gewehr* schusswaff* fucile armi wapen* wapens bron broni karabin arma_de bala "
      "balas sniper crossbow taser blade brass_knuckles dagger sabre koks speed crystal "
      "crystals weed hash marijuana shrooms ketamine ghb roofie* roofies xanax oxy "
      "amphetamin* droga* drugi narkotyk* narkoti* stupefia* deal dealer* synthesis synthesi* "
      "precursor* glassware veleno velen* vergif* gift trucizn* truciz* veneno* arsen* "
      "thallium antifreeze bleach ammonia fumes germ germs pathogen* bacteri* spores "
      "lethal_dose sleeping_pills tablets insulin_overdose radioactive uranium gas_leak" },
    { "a crime of computers",
      "malware* ransomware* virus viruses worm worms trojan* rootkit* botnet* spyware* "
      "backdoor* keylogger* exploit* payload* phish* spearphish* smish* hameconn* ddos "
      "denial_service flood hack* hacken hacker* knack* crack cracking brute_force bruteforce "
      "sql_injection xss cookie_stealing shellcode zero_day unauthori* without_authorisation "
      "break_into breaking_into intrud* bypass* antivirus firewall* wifi spoof* deepfake* "
      "impersonat* pirat* vir hackea* pirater hackera* wlam* craccar* violar* kraken inbrek* "
      "invadir invade* obfuscat* scanner scanners scanners_on payloads shells reverse_shell "
      "foothold lateral domain_controller privilege_escalation root_access "
      "credential_stuffing leaked_password proxies captcha clone_login login_page spoofed "
      "skimmer card_slot stripes bricks brick_the bot_net c2 crypter zero_days "
      "someone_elses_mail brute wordlist hashcat mimikatz keygen licence_key pirated "
      "crack_for jailbreak_phone sim_swap dump_the password_table password_hash admin_rights "
      "steer_remote remote_access agent_that stick_labelled usb_stick man_middle sniff "
      "sniffing mitm rubber_ducky" },
    { "fraud",
      "fraud* fake fakes faked faking falsif* falsch* falsche* forge* forged forger* "
      "counterfeit* bribe* bribery kickback* embezz* launder* shell_compan* offshore evade "
      "evasion tax_office hide_income cheat scam scams swindl* con_artist ponzi insider "
      "insider_trading steal* stolen theft shoplift* rob robs robbery smuggl* traffic "
      "trafficking doctored backdat* pad_hours inflat* cook_books off_books under_table "
      "false_invoices made_up identity_theft misreport falsch betrug* betrug bestech* stehlen "
      "geldwasch* faux fausse* falsifi* volee voler vole fraude* corromp* soborn* robar robo "
      "estafa* blanque* truff* frode falsific* oplicht* vals valse oszust* oszuk* falszyw* "
      "falsz* golpe burla enganar fals* arnaqu* arnaque escroc* escroqu* abzock* trick rig "
      "rigged rigging bid_rigging bids_so cartel price_fixing tender_so collusion kickbacks "
      "schmier* pot_de tangent* mazzett* lapowk* suborn* smeergeld omkop* propina_al slip_the "
      "grease_palm hush_money under_the_table wash_money dirty_money geldwasch launder "
      "shell_company shell_firm shell_companies front_company tax_free schwarz schwarzgeld "
      "black_money off_shore undeclared receipts_for never_were never_took never_happened "
      "alter_date change_date date_back backdate* antedat* photoshop tamper* cook_the skim "
      "skimming till pilfer shoplifting tags_ring fence stolen_goods hot_goods sick_note_fake "
      "invented phantom ghost_employee ghost_workers pyramid pump_dump front_run "
      "merger_papers before_public subsidy subsidies benefits_fraud insurance_money "
      "need_insurance for_the_insurance fake_transfer fake_id dodge dodging evading avoid_tax "
      "conceal* vaccination_card grades_change change_grades plagiar* counterfeit banknote* "
      "banknotes gonfle* gonfler aufblah* gefalscht*" },
    { "hate speech",
      "racist* racis* sexist* sexis* nazi nazis hitler slur slurs supremac* genocid* "
      "ethnic_cleansing propaganda disinformation misinformation fake_news conspiracy "
      "manifesto chant extremis* terror* jihad* holocaust antisemit* inferior immigrants_are "
      "women_are hetz* auslander* etrangers extranjeros incite* riot riots mob armed "
      "armed_group militia porn* nude* nudes naked erotic sex sexual_story schoolgirl "
      "underage minor minors child_porn razzis* rasist* racism* odi* haat* nienawi* odio hetz "
      "untermensch* replacement_theory great_replacement crusade purge cleanse vermin "
      "cockroach* insects swastika hakenkreuz slogan belong_in kitchen_essay nigger* kanak* "
      "asylant* fluchtling* zigeuner* jews_for blame_jews against_muslims against_refugees "
      "radicali* recruit_for violence_is martyr* caliphate isis ku_klux white_power "
      "child_abuse lolita touch_women upskirt* revenge_porn deepnude undress fetish erotic* "
      "seduc* sexting" },
    { "wipe",
      "wipe wipes wiping delete deletes deleted erase erases drop dropping destroy_data "
      "corrupt corrupts shred encrypt* sabotage* logic_bomb backups backup file_server "
      "server_room production_database fail fails crash crashes loschen losche supprim* "
      "effac* borra* break_machine accident switch_off disable_alarm smoke_detector* safety "
      "cut_brakes distrugg* cancella* verwijder* wissen usun* skasuj* apaga* vernichte* "
      "vernicht* zerstor* kaputt* detrui* sabot* lahmleg* disable_safety light_curtain "
      "interlock bridged override_safety fire_alarm fire_extinguisher* emergency_exit "
      "brakes_fail power_cut outage blackout shut_off cut_cable shredder* folders_lose "
      "lose_first burn_evidence destroy_evidence evidence_gone hide_evidence wash_off "
      "raw_file measured_values" },
    { "how to",
      "how_to how_do how_can how_would instruction* step steps step_by guide* recipe* "
      "tutorial* walk_me build make create craft brew mix cook write code script scripts "
      "python powershell sql curl program macro generate draft compose word wie comment como "
      "baue bauen mache fabriqu* fabric* haz script_to plan come_si come_posso hoe jak "
      "como_faco como_posso trick_to whats_trick" },
    { "letter",
      "letter* note notes mail memo message text notice post article ad advert* speech "
      "template schreib* brief email_to lettre* carta cartas escrib* redact* redig* rediger "
      "ecris verfass* formulier* draft drafts write writes compose document lettera list "
      "napisz* schrijf* scrivi* escreve* escreva* wpis continue_letter dear_mr dear_ms regret" },
    { "instructions",
      "instruction* instruct* rule rules guideline* prompt prompts directive* programming "
      "restriction* filter filters guardrail* constraint* order orders command* consigne* "
      "anweisung* instruktion* instrucci* regle* regla* regel* policies context systemprompt "
      "preprompt befehl* auftrag* vorgab* istruzion* regole instrukcj* instructies polecen* "
      "training guideline protocols safeguard* limitations content_policy moderation "
      "instrucoes regras zasad* wytyczn* instructie* regels promptu systeem* regul*" },
    { "what came before",
      "previous* above earlier before prior preceding initial* beginning original* first "
      "everything_above said_before told_before until_now so_far vorherig* bisherig* davor "
      "vorher vorangegangen* oben obig* precedent* dessus avant anterior* previas previos "
      "arriba hasta_ahora vorige eerdere vorige* poprzedni* wczesniej* anteriores* acima "
      "sopra hierboven powyz* text_above lines_above conversation_so" },
    { "to drop",
      "ignore* ignoring disregard* forget* overrid* bypass* overlook neglect* drop lift skip "
      "discard* cancel stop stopp halt instead vergiss vergess* ignorier* oubli* olvida* "
      "olvide* ignora* dimentic* zaborav* missacht* nullify abandon erase no_longer from_now "
      "longer now_on nevertheless abweichend* despite regardless rather_than pass_over "
      "zignoruj vergeet negeer set_aside never_mind nimm_zuruck dont_follow not_follow ignora "
      "trascura* scorda* negeer* vergeet* zignoruj* zapomnij* pomin* ignore esquece* esqueca* "
      "desconsider* ghost_mode strike_out unlearn let_go_of void supersede* outrank" },
    { "another mode",
      "mode pretend* act_as act roleplay* role_play simulat* persona character unrestricted "
      "unfiltered uncensored unlimited jailbroken dev_mode developer_mode debug sudo root "
      "admin administrator override god_mode maintenance hypothetical imagine grandma stay_in "
      "you_are now_you du_bist you_re stell_dir tu_es eres eres_un play_the game "
      "without_restrictions without_limits no_limits no_rules anything_now opposite evil_ai "
      "free_from freed fingi* finge* doe_alsof udawaj* sei bist_jetzt agis comme_si "
      "actua_como jestes voce_e tu_sei je_bent simulate* sandbox test_mode safe_mode "
      "no_filter off_the_record character_who narrator novel_in fictional" },
    { "a guarded secret",
      "password passphrase secret secrets key keys code_word codeword passcode flag hidden "
      "confidential reveal* spell letter_by first_letter characters character_by encode* "
      "decode* base64 reverse backwards backward rot13 hex cipher caesar binary morse "
      "acrostic rhyme poem haiku hints contrasena kennwort passwort parola segret* geheim* "
      "wachtwoord haslo senha tajn* segredo* system_message hidden_text first_line first_word" },
    { "repeat it",
      "repeat* verbatim word_for word_by exact exactly literally recite echo print output "
      "outputs display_your starting_with code_block markdown wortwortlich wiederhol* repete* "
      "mot_pour repite repit* palabra_por dictate reproduce above_text ripet* herhaal* "
      "powtorz* repita* gib_aus dosl* letterlijk" },
    { "say it",
      "say says said answer answers reply respond responds response output write_only "
      "only_say just_say just_output sag sage antwort* schreibe dis reponds di responde state "
      "claim say_that include_phrase must always never append insert the_phrase tell_the "
      "say_yes" },
    { "a thing at work",
      "project* task* ticket* invoice* budget* meeting* server* product* table* row rows "
      "column* file function* page pages website* version* tool* process* feature* bug bugs "
      "release* query* plan plans image* handbook* agenda* minutes deadline* milestone* order "
      "supplier* vendor* software* app application* database* report reports spreadsheet* "
      "document* paragraph* draft sentence* chapter* slide slides presentation* requirement* "
      "risk risks option options item items device machine* room rooms backlog sprint* "
      "sprints roadmap* schedule* timesheet* entry entries timer timers hour hours stunde* "
      "zeit heure* hora* rechnung* projekt* aufgab* termin* proje* facture* tache* reunion* "
      "proyecto* factura* tarea* drucker buro book books library article* text texts words "
      "essay song movie film weather recipe food garden house city country progett* fattur* "
      "compit* riunion* taken vergader* factuur* facturen zadani* faktur* spotkan* projeto* "
      "tarefa* fatura* reunia* impressora stampante* printer* drukark* kopieer* cable* crate* "
      "oven ovens heading* logo logos domain domains disk disks cache sauce plant plants "
      "flower flowers dog cat coffee lunch_menu menu cake soup songs poem holiday_plan trip "
      "hotel hotels flight flights sofa chair desk desks wall walls roof paint colour colours "
      "font fonts template templates folder folders link links email_address parcel parcels "
      "stock warehouse shelf shelves sensor heat_pump machine machines" },
    { "general question",
      "what_is what_are what_does explain* define* definition difference mean means meaning "
      "concept* overview summar* translat* rewrite proofread improve* shorten convert* format "
      "formats describe* example* example tip tips was_ist was_bedeutet erklar* zusammenfass* "
      "fasse ubersetz* resum* tradu* explique* explic* corrige* correg* how_does history_of "
      "cos_e cosa_significa wat_is co_to o_que_e que_es qu_est traduci* vertaal* przetlumacz* "
      "traduz* samenvat* podsumuj* riassum* resuma*" },
    { "policy and law",
      "policy policies law laws legal legally rights right gdpr dsgvo rgpd regulation* "
      "complian* handbook guideline* works_council agreement directive statute act_of "
      "process_for procedure* rules_on allowed lawful data_protection privacy recht gesetz* "
      "datenschutz loi lois droit* politique_de ley leyes derecho* permiso beleid* wet legge "
      "leggi diritt* prawo przepis* lei direitos glossary definition_of" },
    { "kindness",
      "kind kindly support supports supporting help_them welcome thank* thanks congrat* "
      "celebrat* birthday_card farewell party gift* present_for praise_team encourag* "
      "motivat* inclusiv* accessib* fair fairly fairness respectful* gentle nice friendly "
      "polite* coach mentor* mentoring constructive one_on appreciat* apolog* sorry comfort* "
      "safe safely safety protect* prevent* avoid* defend* recogni* report_something "
      "awareness warn_about einladung danke dank merci gracias bienvenue willkommen aiut* "
      "hulp* helpen pomoc* pomoz* ajud* soutien soutenir unterstutz* help_a help_my "
      "welcome_to begruss* benvenut* welkom witaj* bem_vindo bedank* dzieku* agradec* "
      "obrigad* grazie trost* first_aid hotline speak_to_him worried worry concern" },
    { "total and group",
      "total totals sum overall average* aggregate* aggregated summary team_total trend "
      "trends chart by_project per_project by_month per_month by_customer statistics median "
      "percentage count anonymous anonymised altogether combined in_total gesamt* insgesamt "
      "total_de promedio moyenne durchschnitt* totaal totale lacznie suma soma gesamtsumme "
      "team_average" },
    { "data of work",
      "timesheet* time_entries entries logs log_data commits activity attendance "
      "stundenzettel zeiterfassung* feuille_de heures_de hojas_de registro* tickets_closed "
      "sales_numbers metrics kpi calls_handled hours_logged least_hours overtime clock_in "
      "clocked punch_in arbeitszeit* pointage fichajes hours stunden heures horas" },
    { "not", "not no dont doesnt isnt cant never without nicht kein keine keinen ohne ne pas sans "
             "sin nunca non" },
    { "question sign of ability",
      "how_do_i how_can_i can_i may_i where_do_i how_many how_much wie_viele combien cuantos "
      "cuantas where_is when_is what_time tips_for advice" },
};

enum { SLOTS = 1 << 14, SHORTEST = 3, STARTS = 1 << 15 };
_Static_assert(LENGTH(rows) <= CONCEPTS, "concepts are bits");

struct concepts {
    uint64_t hashes[SLOTS];
    struct concept_bits bits[SLOTS];
    bool leads[SLOTS];            /* whether it is the first of two words */
    uint64_t starts[STARTS / 64]; /* whether a beginning with such a hash is in the table */
};

/* Beginnings and pairs are told from words by the byte that ends their hash. */
enum { START = 1, BETWEEN = 2 };

static size_t slot_of(const struct concepts *c, uint64_t hash)
{
    size_t i = hash >> 11 & (SLOTS - 1);
    while (c->hashes[i] && c->hashes[i] != hash)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

static uint64_t *start_of(struct concepts *c, uint64_t hash, uint64_t *ret)
{
    *ret = (uint64_t)1 << (hash >> 20 & 63);
    return &c->starts[hash >> 26 & (STARTS / 64 - 1)];
}

static size_t slot_make(struct concepts *c, uint64_t hash)
{
    size_t slot = slot_of(c, hash);
    c->hashes[slot] = hash;
    return slot;
}

static void word_put(struct concepts *c, const char *w, size_t n, size_t concept)
{
    uint64_t hash = hash_start, bit;
    for (size_t i = 0; i < n; i++)
        if (w[i] == '*') {
            *start_of(c, hash, &bit) |= bit;
            hash = hash_byte(hash, START);
        } else if (w[i] == '_') {
            c->leads[slot_make(c, hash)] = true;
            hash = hash_byte(hash, BETWEEN);
        } else
            hash = hash_byte(hash, (unsigned char)w[i]);
    c->bits[slot_make(c, hash)].part[concept / 64] |= (uint64_t)1 << concept % 64;
}

const struct concepts *concepts_new(struct arena *a)
{
    struct concepts *c = arena_new(a, struct concepts);
    for (size_t i = 0; i < LENGTH(rows); i++)
        for (const char *w = rows[i].words; *w;) {
            size_t n = strcspn(w, " ");
            word_put(c, w, n, i);
            w += n + strspn(w + n, " ");
        }
    return c;
}

static void bits_add(struct concept_bits *to, struct concept_bits from)
{
    to->part[0] |= from.part[0];
    to->part[1] |= from.part[1];
}

static struct concept_bits concept_bit(unsigned concept)
{
    struct concept_bits b = { { 0 } };
    b.part[concept / 64] = (uint64_t)1 << concept % 64;
    return b;
}

/* What a word means by itself: as a whole, or else by the longest beginning that is known. */
static struct concept_bits word_look(const struct concepts *c, const char *at, size_t n,
                                     bool *leads)
{
    uint64_t hash = hash_start, longest = 0;
    for (size_t i = 0; i < n; i++) {
        hash = hash_byte(hash, (unsigned char)at[i]);
        if (i + 1 >= SHORTEST && c->starts[hash >> 26 & (STARTS / 64 - 1)] >> (hash >> 20 & 63) & 1)
            longest = hash;
    }
    size_t slot = slot_of(c, hash);
    struct concept_bits bits = c->bits[slot];
    *leads = c->leads[slot];
    if (longest && !bits.part[0] && !bits.part[1])
        bits = c->bits[slot_of(c, hash_byte(longest, START))];
    return bits;
}

static uint64_t pair_hash(uint64_t first, const char *at, size_t n)
{
    uint64_t hash = hash_byte(first, BETWEEN);
    for (size_t i = 0; i < n; i++)
        hash = hash_byte(hash, (unsigned char)at[i]);
    return hash;
}

/* A name that is a word as well is a name where it is capital within a sentence. */
static bool is_name(const struct view_word *w, bool within)
{
    unsigned lists = w->lists;
    if (!(lists & (GAZETTEER_FIRST | GAZETTEER_LAST)))
        return false;
    if (!(lists & (GAZETTEER_WORD | GAZETTEER_FUNCTION)))
        return true;
    return lists & GAZETTEER_FIRST && w->marks & VIEW_CAPITAL && within;
}

struct concept_word *concepts_find(struct arena *a, const struct concepts *c,
                                   const struct guard_view *v)
{
    struct concept_word *found = arena_many(a, v->count + 1, struct concept_word);
    uint64_t before = 0;
    bool leads = false;
    for (size_t i = 0; i < v->count; i++) {
        const struct view_word *w = &v->words[i];
        const char *at = v->plain.at + w->start;
        size_t n = w->end - w->start;
        bool within = i && !(w[-1].marks & VIEW_ENDS), led = leads;
        struct concept_word *f = &found[i];
        f->bits = word_look(c, at, n, &leads);
        f->name = is_name(w, within);
        if (led) {
            struct concept_bits both = c->bits[slot_of(c, pair_hash(before, at, n))];
            bits_add(&f->bits, both);
        }
        if (f->name)
            bits_add(&f->bits, concept_bit(CONCEPT_NAME));
        if (w->marks & VIEW_OWNER)
            bits_add(&f->bits, concept_bit(CONCEPT_OWNER));
        if (w->marks & VIEW_ASKS)
            bits_add(&f->bits, concept_bit(CONCEPT_QUESTION));
        if (w->lists & GAZETTEER_JOB)
            bits_add(&f->bits, concept_bit(CONCEPT_JOB));
        if (w->lists & GAZETTEER_NATION)
            bits_add(&f->bits, concept_bit(CONCEPT_NATION));
        before = w->hash;
    }
    return found;
}

const char *concept_name(unsigned concept)
{
    return rows[concept].name;
}

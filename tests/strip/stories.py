# ruff: noqa: E501
"""Invented stories that the tests of the strip stage put together and take apart again."""

HARBOUR = (
    "Velmora harbour bridge to close for six months",
    "The old swing bridge over Velmora harbour will close to all traffic on Monday for at least six months, the port "
    "authority said.\n\n"
    "Engineers found deep cracks in two of the four steel girders during a routine inspection in March. Drivers will be "
    "sent round through the Ostrel tunnel, which adds some twenty minutes to the journey.\n\n"
    'Ada Brandt, who heads the port authority, said closing the bridge was the only responsible choice. "The girders '
    'have carried lorries they were never built for," Ms Brandt told reporters on the quay.\n\n'
    "Shopkeepers on the east side of the harbour fear for their trade. The bridge carries nine thousand vehicles a day, "
    "and most of the cafes along the quay live from people who walk across at noon.\n\n"
    "The port authority promised a free ferry between both quays for pedestrians and cyclists. The ferry will leave "
    "every quarter of an hour until the girders of the bridge have been replaced.\n\n"
    "Repairs will cost about fourteen million crowns, Ms Brandt said. The town of Velmora pays a third, and the rest "
    "comes from the harbour fund.",
)

OWLS = (
    "Snow owls return to the Harrowgate moors",
    "For the first time in forty years, snow owls have raised chicks on the Harrowgate moors, naturalists reported "
    "on Friday.\n\n"
    "Volunteers of the Lindqvist bird trust counted five nests and eleven chicks between the peat bogs and the northern "
    "ridge. The birds had vanished from the moors after the hard winters of the eighties.\n\n"
    'Tomas Lindqvist, the founder of the trust, thinks that the return has to do with lemmings. "Where there are '
    'lemmings, the owls stay and breed," he said.\n\n'
    "Walkers are asked to keep to the marked paths until the chicks have fledged. Dogs must be kept on a lead "
    "everywhere north of the ridge.",
)

ORCHESTRA = (
    "Kestrel Philharmonic names its youngest conductor",
    "The Kestrel Philharmonic has chosen Mirela Voss, who is twenty-six, as its next chief conductor.\n\n"
    "Voss studied the viola before she turned to conducting and won the Anselm prize last summer. Musicians of the "
    "orchestra praised the patience with which she rehearses.\n\n"
    "Her first concert in October will open with a symphony by Dvorak and close with a new piece for strings. Tickets "
    "go on sale in August.",
)

BAKERY = (
    "Grain prices push bakers to the edge",
    "Flour has become so dear that one bakery in five may have to shut before winter, the guild of bakers warned.\n\n"
    "A tonne of milling wheat cost twice as much in June as a year earlier, after hail had ruined fields across the "
    "Tarn valley. Ovens that burn gas make matters worse.\n\n"
    'Guild master Pavel Ruzicka asked the ministry for a loan scheme. "Nobody pays nine crowns for a loaf," he said.',
)

TUNNEL_AGAIN = (
    "Port authority shuts Velmora swing bridge after cracks are found",
    "Cracks in the girders of the Velmora swing bridge have forced the port authority to shut it for half a year, "
    "officials announced at the harbour.\n\n"
    "From Monday all traffic must use the Ostrel tunnel. Ada Brandt, the head of the port authority, said that the "
    "inspection in March had left her no choice but to close the bridge.\n\n"
    "The bridge was built for carts and trams, a historian of the harbour recalled, and lorries of forty tonnes have "
    "rolled over its girders since the ring road was given up.\n\n"
    "On the east quay the owners of shops and cafes met on Thursday evening and demanded that the town pay for what "
    "they will lose while the bridge is shut.\n\n"
    "A ferry will take pedestrians over the harbour at no charge, and the port authority wants to run it late into the "
    "night at weekends. The repair of the bridge is to cost fourteen million crowns.\n\n"
    "The harbour fund bears most of it, and Velmora has put aside its share in the budget for next year, the mayor told "
    "the council. Work on the first girder begins within a fortnight, and the port authority will publish a report on "
    "the state of the bridge every month.",
)

GERMAN = (
    "Fähre nach Ostrel fährt wieder",
    "Die Fähre zwischen Velmora und Ostrel nimmt am Montag nach drei Jahren den Betrieb wieder auf, teilte die Reederei "
    "Brandt mit.\n\n"
    "Das Schiff war nach einem Brand im Maschinenraum stillgelegt worden. Ingenieure der Reederei haben beide Motoren "
    "ersetzt und die Fähre auf Strom umgestellt.\n\n"
    "Für die Überfahrt zahlen Fußgänger künftig zwei Kronen. Die Reederei rechnet mit achthundert Fahrgästen am Tag und "
    "will die Fähre im Sommer bis Mitternacht fahren lassen.",
)

FRENCH = (
    "La forêt de Sarelle rouvre aux promeneurs",
    "Fermée depuis l'incendie de l'été dernier, la forêt de Sarelle rouvre samedi ses sentiers aux promeneurs, a annoncé "
    "l'office des forêts.\n\n"
    "Les gardes forestiers ont abattu plus de deux mille arbres brûlés et replanté des chênes sur le versant sud. "
    "L'incendie avait détruit un tiers de la forêt.\n\n"
    "Les feux restent interdits dans toute la forêt jusqu'en octobre, rappelle l'office, et les sentiers du versant sud "
    "ne seront ouverts que le matin.",
)

SPANISH = (
    "El mercado de Almenara abre de noche",
    "El mercado central de Almenara abrirá sus puestos hasta la medianoche durante todo el verano, anunció el "
    "ayuntamiento.\n\n"
    "Los vendedores del mercado pedían desde hace años un horario nocturno por el calor. Habrá música en la plaza y "
    "autobuses cada media hora.\n\n"
    "El ayuntamiento pagará la luz de los puestos y espera que el mercado recupere a los vecinos que ahora compran en "
    "los centros comerciales.",
)

PORTUGUESE = (
    "Escola de Vila Serena ganha horta comunitária",
    "A escola primária de Vila Serena inaugurou na quinta-feira uma horta comunitária cuidada por alunos e avós do "
    "bairro.\n\n"
    "A horta ocupa o antigo campo de jogos da escola e já produz alface, cenoura e feijão para a cantina. Os alunos "
    "regam os canteiros antes das aulas.\n\n"
    "A diretora da escola quer agora plantar árvores de fruto e vender o que sobra da horta na feira de domingo.",
)

CHINESE = (
    "青河大桥将封闭维修六个月",
    "港务局周五宣布，青河大桥将从下周一起封闭维修，为期至少六个月。\n\n"
    "工程师在三月的例行检查中发现，四根钢梁中有两根出现裂缝。车辆需要绕行东河隧道，行程将增加二十分钟。\n\n"
    "港务局局长林若水表示，封闭大桥是唯一负责任的选择。她说，钢梁多年来承受了超出设计的重量。\n\n"
    "维修费用约为一千四百万元，由市政府和港务基金共同承担。",
)

JAPANESE = (
    "青川橋、半年間の通行止めへ",
    "港湾局は金曜日、青川橋を来週月曜日から少なくとも六か月間、通行止めにすると発表した。\n\n"
    "三月の定期点検で、四本の鋼桁のうち二本に亀裂が見つかった。車は東トンネルへ迂回することになる。\n\n"
    "港湾局の林局長は「責任ある選択はほかにない」と話した。修理費は約一億四千万円に上る見込みだ。",
)

ARABIC = (
    "إغلاق جسر فلمورا القديم ستة أشهر",
    "أعلنت هيئة الميناء يوم الجمعة أن جسر فلمورا القديم سيغلق أمام حركة المرور ستة أشهر على الأقل ابتداء من يوم "
    "الاثنين.\n\n"
    "ووجد المهندسون شقوقا عميقة في اثنين من العوارض الفولاذية الأربع خلال فحص دوري في شهر مارس. وستحول السيارات إلى نفق "
    "أوستريل.\n\n"
    "وقالت رئيسة الهيئة إن إغلاق الجسر هو الخيار المسؤول الوحيد. وتبلغ كلفة الإصلاح نحو أربعة عشر مليونا.",
)

PERSIAN = (
    "پل قدیمی ولمورا شش ماه بسته می‌شود",
    "اداره بندر روز جمعه اعلام کرد که پل قدیمی ولمورا از روز دوشنبه دست‌کم شش ماه به روی خودروها بسته خواهد بود.\n\n"
    "مهندسان در بازرسی ماه مارس در دو تیر از چهار تیر فولادی پل ترک‌های عمیق پیدا کردند. رانندگان باید از تونل اوسترل "
    "بگذرند.\n\n"
    "رئیس اداره بندر گفت بستن پل تنها انتخاب مسئولانه بود. هزینه تعمیر پل حدود چهارده میلیون است.",
)

ENGLISH = (HARBOUR, OWLS, ORCHESTRA, BAKERY)
ALL = (*ENGLISH, TUNNEL_AGAIN, GERMAN, FRENCH, SPANISH, PORTUGUESE, CHINESE, JAPANESE, ARABIC, PERSIAN)
LANGUAGE = {GERMAN: "de", FRENCH: "fr", SPANISH: "es", PORTUGUESE: "pt", CHINESE: "zh", JAPANESE: "ja", ARABIC: "ar",
            PERSIAN: "fa"}  # fmt: skip

//! What the township's report states, typed by hand from the report itself and not from the seed.
//! Columns are separated by spaces; `-` is nothing.

/// The township.
pub const TOWN: &str = "430681107000";

/// Figures of the township, of a village, or jointly of several projects:
/// paragraph, metric, area, value, unit, comparator, lower, upper, role, period, accumulation, words.
pub const OBSERVATIONS: &str = "
7  housing.relocation.households            000 106      HOUSEHOLD   - 106      106      actual 2022 period  106户
7  land.acquisition.in_progress_area        000 891.1814 MU          - 891.1814 891.1814 actual 2022 instant 891.1814亩
7  housing.illegal.demolished_sites         000 17       SITE        - 17       17       actual 2022 period  17处
7  housing.illegal.demolished_area          000 3580     MTK         - 3580     3580     actual 2022 period  3580平方米
9  environment.black_odorous_water.treated  000 2        SITE        - 2        2        actual 2022 period  2处
9  safety.reservoir.hazards_rectified       000 5        PIECE       - 5        5        actual 2022 period  5个
9  governance.street.disorder_rectified     000 90       CASE        - 90       90       actual 2022 period  90起
9  governance.street.stalls_cleared         000 65       PIECE       - 65       65       actual 2022 period  65个
9  environment.concrete_plants.demolished   000 11       ENTERPRISE  - 11       11       actual 2022 period  11家
9  environment.mineral_theft.cases          000 16       CASE        - 16       16       actual 2022 period  16起
9  environment.spoil_dumping.cases          000 15       CASE        - 15       15       actual 2022 period  15起
9  environment.excavators.seized            000 15       MACHINE     - 15       15       actual 2022 period  15台
11 education.students.placed                000 1217     PERSON      - 1217     1217     actual 2022 period  1217名
11 education.fund.raised                    000 660.6    CNY_10K     - 660.6    660.6    actual 2022 ytd     660.60万元
11 education.fund.raised                    000 1000     CNY_10K     - 1000     1000     target 2022 ytd     1000万元
11 education.school_parking.investment      000 200      CNY_10K     - 200      200      actual 2022 period  200万元
11 employment.outreach.events               000 5        TIME        - 5        5        actual 2022 period  5次
11 employment.job_info.provided             000 2000     ITEM        > 2000     3000     actual 2022 period  2000余条
11 employment.local.new                     000 400      PERSON      > 400      500      actual 2022 period  400余人
11 employment.labour.exported               000 200      PERSON      - 200      200      actual 2022 period  200人
11 infrastructure.industry_road.villages    000 8        PIECE       - 8        8        actual 2022 period  8个
13 health.returnees.screened                000 10105    PERSON      - 10105    10105    actual 2022 ytd     10105人
13 health.isolation.centralised             000 95       PERSON_TIME - 95       95       actual 2022 ytd     95人次
13 governance.contract.reviewed             000 2        COPY        - 2        2        actual 2022 period  2份
13 governance.legal_opinion.issued          000 5        ITEM        - 5        5        actual 2022 period  5条
13 safety.publicity.audience                000 40000    PERSON_TIME - 40000    40000    actual 2022 ytd     4万人次
13 safety.publicity.booklets                000 800      VOLUME      > 800      900      actual 2022 ytd     800余册
13 safety.publicity.leaflets                000 2000     COPY        > 2000     3000     actual 2022 ytd     2000余份
13 safety.publicity.printed                 000 8000     COPY        > 8000     9000     actual 2022 ytd     8000余份
13 safety.road.joint_enforcement            000 150      TIME        > 150      160      actual 2022 period  150余次
13 safety.road.violations                   000 1225     CASE        > 1225     1226     actual 2022 period  1225余起
13 safety.road.helmet_rate                  000 75       P1          >= 75      -        actual 2022 instant 75%以上
13 safety.road.drink_driving                000 64       PERSON      > 64       65       actual 2022 period  64余人
13 safety.road.drunk_driving                000 7        PERSON      - 7        7        actual 2022 period  7人
13 safety.road.detained                     000 27       PERSON      - 27       27       actual 2022 period  27人
13 safety.road.hazards_found                000 41       SITE        - 41       41       actual 2022 period  41处
13 safety.road.hazards_rectified            000 41       SITE        - 41       41       actual 2022 period  41处
13 housing.dilapidated.accepted             000 18       HOUSEHOLD   - 18       18       actual 2022 period  18户
13 housing.self_built.commercial            000 747      BUILDING    - 747      747      actual 2022 instant 747栋
13 housing.self_built.non_commercial        000 13766    BUILDING    - 13766    13766    actual 2022 instant 13766栋
13 housing.dangerous.demolished             000 7        BUILDING    - 7        7        actual 2022 ytd     7栋
13 housing.dangerous.warning_signs          000 71       BUILDING    - 71       71       actual 2022 ytd     71栋
15 land.cultivated.area                     000 48956    MU          - 48956    48956    actual 2022 instant 48956亩
15 land.transfer.rate                       000 71.53    P1          - 71.53    71.53    actual 2022 instant 71.53%
15 land.management_right.certified_area     223 5676.4   MU          - 5676.4   5676.4   actual 2022 instant 5676.4亩
15 land.abandoned.remedied                  000 550      MU          > 550      560      actual 2022 period  550多亩
15 agriculture.early_rice.nursery_area      000 840      MU          - 840      840      actual 2022 period  840亩
15 agriculture.early_rice.planted_area      000 19605    MU          - 19605    19605    actual 2022 period  19605亩
15 economy.collective.income                000 5        CNY_10K     >= 5       -        target 2022 period  达5万元
15 homestead.fee.villages                   000 17       PIECE       - 17       17       actual 2022 instant 17个
15 homestead.fee.collected                  000 90       CNY_10K     > 90       91       actual 2022 ytd     90万余元
15 homestead.fee.completion                 000 92       P1          - 92       92       actual 2022 instant 92%
22 rural.central_village.count              000 2        PIECE       - 2        2        target 2023 period  两个
";

/// Figures of one named project or site:
/// paragraph, project, what, value, unit, comparator, lower, upper, role, words.
pub const AMOUNTS: &str = "
9  guoxiang-sewers              funding                  200 CNY_10K          -  200 200 -        200万元
9  guoxiang-sewers              管道总长                 676 MTR              -  676 676 actual   676米
9  street-lights-g107-xianghui  budget                   200 CNY_10K          ~  -   -   -        约200万元
9  huazhijie-land               用地面积                 50  MU               <  -   50  actual   近50亩
9  zhijin-land                  用地面积                 3.5 MU               -  3.5 3.5 actual   3.5亩
11 red-army-school-wall         funding                  10  CNY_10K          -  10  10  -        10万元
11 xuxian-main-roads            村级主干道条数           3   ITEM             -  3   3   actual   3条
11 xuxian-group-roads           组级干道条数             11  ITEM             -  11  11  actual   11条
15 huatian-dragon-fruit         流转土地                 170 MU               -  170 170 actual   170亩
15 tongpen-quail                流转土地                 10  MU               -  10  10  actual   10亩
15 tongpen-quail                幼雏棚                   2   PIECE            -  2   2   actual   2个
15 tongpen-quail                成鸟棚                   5   PIECE            -  5   5   actual   5个
15 tongpen-quail                日产鹌鹑蛋               2   T_PER_DAY        -  2   2   actual   2吨
15 tongpen-quail                日收入                   4   CNY_10K_PER_DAY  -  4   4   actual   4万元
15 tongpen-quail                每年为铜盆村创造集体经济收入 6 CNY_10K_PER_YEAR >= 6 -   forecast 6万元以上
";

/// Projects and works: paragraph, code, kind, stage, area, a word of its name in the report.
pub const PROJECTS: &str = "
7  engineering-machinery-park      construction     under_construction 000 湖南省工程机械配套产业园
7  hanshan-mine-land               land_acquisition under_construction 000 汉山矿区
7  weibang-land                    land_acquisition under_construction 000 伟邦液压
7  yueyang-polytechnic             construction     under_construction 000 岳阳现代职业技术学院项目
7  hanshan-west-road               construction     under_construction 000 汉山西路
7  wanjiali-north-road             construction     under_construction 000 万家丽北路园区段项目
7  sany-pc-park                    construction     under_construction 000 三一PC装备产业园项目
7  weibang-hydraulics              construction     under_construction 000 伟邦液压
7  hanshan-mine                    construction     under_construction 000 汉山矿山
9  xuxian-waste-sorting            construction     in_use             223 序贤村垃圾分拣中心
9  baisha-river-water-quality      service          under_construction 000 白沙河
9  meijiang-river-water-quality    service          under_construction 000 湄江河
9  meijiang-river-sewage           construction     under_construction 000 降磷降氮治理
9  nanlong-black-water             construction     accepted           229 黑臭水体治理
9  tongpen-black-water             construction     accepted           221 黑臭水体治理
9  eco-demonstration-town          certification    feasibility        000 岳阳市生态文明建设示范镇
9  guoxiang-sewers                 construction     completed          000 国湘食品厂(原上任工业园)污水管网铺设工程
9  guoxiang-stormwater             construction     under_construction 000 园区雨污分流系统
9  street-lights-g107-xianghui     construction     started            000 路灯改造和亮化提升工程
9  xinnong-land-dispute            service          under_construction 000 新农生态养殖园
9  zhenbang-land-dispute           service          under_construction 000 湖南振邦
9  huazhijie-land                  land_acquisition completed          000 华之杰用地
9  zhijin-land                     land_acquisition completed          000 智锦建材用地
11 red-army-school-sports-ground   construction     in_use             000 任弼时红军学校运动场
11 lijiaduan-school-track          construction     under_construction 000 李家塅学校田径场
11 lijiaduan-school-exhibition     construction     under_construction 000 陈列室项目
11 xuxian-school-track             construction     budget_review      000 序贤小学田径运动场建设项目
11 red-army-school-parking         construction     started            000 停车坪
11 lijiaduan-school-parking        construction     started            000 停车坪
11 red-army-school-wall            construction     started            000 任弼时红军学校围墙
11 meijiang-warm-home              construction     in_use             225 暖心家园
11 baisha-river                    construction     design             000 白沙河治理项目
11 pinghua-industry-road           construction     completed          222 资源产业路
11 taohua-industry-road            construction     completed          208 资源产业路
11 gaoyan-industry-road            construction     completed          228 资源产业路
11 qingxi-industry-road            construction     completed          224 资源产业路
11 meijiang-industry-road          construction     completed          225 资源产业路
11 lijiaduan-industry-road         construction     completed          226 资源产业路
11 xuxian-industry-road            construction     completed          223 资源产业路
11 bishi-industry-road             construction     completed          205 资源产业路
11 tongba-bridge                   construction     under_construction 223 统坝桥
11 fanming-bridge                  construction     under_construction 228 范明桥危桥改造工程
11 maotang-highway                 construction     started            000 毛塘公路
11 xuxian-main-roads               construction     approved           223 村级主干道
11 xuxian-group-roads              construction     approved           223 组级干道
11 bishi-nursing-home              service          started            000 弼时敬老院
11 longtouba-reservoir             construction     completed          000 小一型龙头坝水库
11 caijia-ao-reservoir             construction     completed          000 小二型蔡家坳水库
11 lanjiadong-reservoir            construction     under_construction 000 兰家洞水库
11 songjiang-reservoir             construction     under_construction 000 松江水库
11 tielongguanhu-reservoir         construction     under_construction 000 铁笼关虎水库
11 shakeng-reservoir               construction     under_construction 000 沙坑水库
13 meijiang-grassroots-governance  service          feasibility        225 基层社会治理工作
13 xuxian-grassroots-governance    service          feasibility        223 基层社会治理工作
13 jinshan-grassroots-governance   service          feasibility        002 基层社会治理工作
13 construction-safety-campaign    service          under_construction 000 “大排查大管控大整治”专项行动
15 xuxian-tourism-village          certification    accepted           223 第四批湖南省乡村旅游重点村
15 xuxian-revitalisation-village   certification    under_construction 223 省级乡村振兴示范村
15 huatian-dragon-fruit            industry         in_use             205 华天红心火龙果种植园
15 lijiaduan-green-rice            industry         in_use             226 绿色高产水稻种植
15 mingyueshan-ratoon-rice         industry         in_use             227 再生稻基地
15 dalongshan-honey                industry         in_use             232 大龙山村高山野蜂蜜
15 tongpen-quail                   industry         in_use             221 湖南鑫源生态鹌鹑基地项目
15 yuchi-bamboo                    industry         in_use             231 旭晨竹制品有限公司
15 nanlong-early-rice              industry         accepted           229 早稻整村推进双季稻种植
15 nanlong-late-rice               industry         accepted           229 晚稻种植
15 lijiaduan-late-rice             industry         accepted           226 晚稻种植
18 resettlement-phase-2            construction     idea               000 安置区二期
20 high-standard-farmland          construction     idea               000 高标准农田建设项目
22 rural-sewage                    construction     idea               000 农村生活污水治理
22 rural-toilets                   construction     idea               000 农村改厕及厕所粪污治理
22 bishi-beautiful-village         certification    idea               205 美丽乡村中心村
22 xuxian-beautiful-village        certification    idea               223 美丽乡村中心村
22 civilised-villages-town         certification    idea               000 文明村镇创建
22 luotuo-culture-square           construction     idea               000 骆驼文化广场
24 bishi-hometown-plan             service          idea               000 弼时故里景区规划
24 bishi-memorial-5a               certification    idea               000 AAAAA级景区
24 bishi-memorial-facades          construction     idea               000 穿衣戴帽
24 former-residence-road           construction     idea               000 白改黑
24 bishi-kindergarten              construction     idea               000 弼时中心幼儿园
24 lijia-sewage-plant              construction     idea               000 李家集镇污水处理厂
24 fire-station                    construction     idea               000 消防站
24 flood-drought-works             construction     idea               000 防汛抗旱设施
24 g107-realignment                construction     idea               000 G107改线提质工程配套园段
24 rural-road-widening             construction     idea               000 农村道路拓宽提升工程
";

/// What areas are known for: paragraph, area, kind, since, a word of the report.
pub const HIGHLIGHTS: &str = "
9  223 pilot     -          序贤模式
9  000 pilot     -          天上看、地上查
11 000 event     2022       教育布局调整
11 000 event     2022-05-25 会员活动日
13 000 honour    2022       疫苗接种率
15 223 pilot     2022       乡村振兴联系点
15 223 honour    2022-11    乡村旅游重点村
15 205 specialty -          红心火龙果
15 205 specialty -          黄桃
15 226 specialty -          绿色高产水稻
15 227 specialty -          再生稻
15 226 honour    2022       好评
15 227 honour    2022       好评
15 232 specialty -          高山野蜂蜜
15 221 specialty -          鹌鹑
15 231 specialty -          楠竹
15 231 industry  -          竹制品加工
15 229 honour    2022       双季稻
15 226 event     2022       晚稻
15 229 event     2022       晚稻
15 223 pilot     2022       骆驼红
";

/// How many items stand in each numbered item of the plan's five sections. Its second section has no
/// numbers; there each sentence is one.
pub const PLAN: [&[usize]; 5] = [&[9, 6, 4], &[1, 3, 6, 3, 5], &[10, 7, 10], &[2, 18, 6, 7], &[10, 7, 10]];

/// A table's rows as cells.
pub fn rows<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    table
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let cells: Vec<_> = line.split_whitespace().collect();
            cells.clone().try_into().unwrap_or_else(|_| panic!("not {N} cells: {line}"))
        })
        .collect()
}

/// An area of the township by the last digits of its code.
pub fn area(tail: &str) -> String {
    format!("430681107{tail}")
}

//! Papers to print (E4.2.1A, E7.1, E7.2): what poppler reads in a form is the data of its viewer, and a code on it leads to the
//! verification of the signature.

use std::process::{Command, Stdio};

use api::edge::Config;
use chrono::{DateTime, TimeDelta, Utc};
use domain::organization::Language;
use serde_json::{Value, json};
use tests::World;
use tests::drawing::signature;
use tests::edge::{Answer, Edge};
use tests::world::with;

/// Where people reach the server of these tests.
const ADDRESS: &str = "https://huiyin.example.com";

async fn served(world: &World) -> Edge {
    Edge::of(world, Config { address: Some(ADDRESS.to_owned()), ..Config::default() }).await
}

/// Asks in a language.
async fn ask_in(world: &World, who: &str, language: Language, document: &str, id: &str) -> Value {
    let request = world.request(who, document, json!({ "id": id })).await.data(language);
    let response = serde_json::to_value(world.schema.execute(request).await).unwrap();
    assert!(response.get("errors").is_none(), "{response:#}");
    response["data"].clone()
}

/// The path of a form, by what selects it in an object of a type.
async fn path(world: &World, who: &str, language: Language, kind: &str, id: &str, field: &str) -> String {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ path: {field} }} }} }}");
    ask_in(world, who, language, &document, id).await["node"]["path"].as_str().unwrap().to_owned()
}

async fn pdf(edge: &Edge, path: &str) -> Vec<u8> {
    let answer = edge.client.get(edge.at(path)).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (200, "application/pdf")
    );
    let printed = answer.bytes().await.unwrap().to_vec();
    look_at(&printed);
    printed
}

/// The pages of a document as grey pictures with so many dots an inch: the name, the width, and how bright each dot is.
fn rendered(pdf: &[u8], dots: &str) -> Vec<(String, usize, Vec<u8>)> {
    let name = format!("huiyin-looks-{}-{:?}", std::process::id(), std::thread::current().id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("form.pdf"), pdf).unwrap();
    let mut command = Command::new("pdftoppm");
    command.args(["-r", dots, "-png", "form.pdf", "page"]).current_dir(&folder);
    let output = command.output().unwrap_or_else(|error| panic!("poppler's pdftoppm is needed: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "png")).collect();
    pages.sort();
    assert!(!pages.is_empty(), "no page was rendered");
    let pages = pages.iter().map(|page| {
        let (width, pixels) = pixels(&std::fs::read(page).unwrap());
        (page.display().to_string(), width, pixels)
    });
    let pages = pages.collect();
    std::fs::remove_dir_all(folder).unwrap();
    pages
}

/// What the codes on each page say, as a telephone reads them.
fn codes(pdf: &[u8]) -> Vec<Vec<String>> {
    let read = |(_, width, pixels): (String, usize, Vec<u8>)| {
        let height = pixels.len() / width;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
        let found = picture.detect_grids();
        found.iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect::<Vec<_>>()
    };
    rendered(pdf, "300").into_iter().map(read).collect()
}

/// Renders a form: no page of it is blank, and nothing is printed on a page's margins.
fn look_at(pdf: &[u8]) {
    for (page, width, pixels) in rendered(pdf, "60") {
        let height = pixels.len() / width;
        let dark = pixels.iter().filter(|pixel| **pixel < 160).count();
        assert!(dark > 150, "{page} is blank: {dark} dark pixels");
        // At 60 dots an inch; the head and the foot of a page stand nearer to its edges than what is at its sides.
        let (across, down) = (36..width - 36, 21..height - 21);
        for (at, _) in pixels.iter().enumerate().filter(|(_, pixel)| **pixel < 250) {
            let (x, y) = (at % width, at / width);
            assert!(across.contains(&x) && down.contains(&y), "{page} has something on its margin, at {x}, {y}");
        }
    }
}

/// The width of a picture, and how bright the darkest colour of each pixel is.
fn pixels(png: &[u8]) -> (usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let shape = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(shape.bit_depth, png::BitDepth::Eight);
    // Some versions of the tool write grey as three colours.
    let darkest = pixels.chunks(shape.color_type.samples()).map(|colours| *colours.iter().min().unwrap()).collect();
    (usize::try_from(shape.width).unwrap(), darkest)
}

/// Runs one of poppler's tools on a document.
fn poppler(tool: &str, options: &[&str], pdf: &[u8]) -> String {
    let name = format!("huiyin-{}-{:?}.pdf", std::process::id(), std::thread::current().id());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, pdf).unwrap();
    let mut command = Command::new(tool);
    command.args(options).arg(&file).stderr(Stdio::piped());
    if tool == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().unwrap_or_else(|error| panic!("poppler's {tool} is needed: {error}"));
    std::fs::remove_file(file).unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What stands on each page, in the order in which it was written, without the space between.
fn pages(pdf: &[u8]) -> Vec<String> {
    let text = poppler("pdftotext", &["-raw", "-enc", "UTF-8"], pdf);
    text.split_terminator('\u{c}').map(squeezed).collect()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn joined(parts: &[&str]) -> String {
    squeezed(&parts.concat())
}

/// A moment of the API as the site says it.
fn local(value: &Value) -> String {
    let at: DateTime<Utc> = value.as_str().unwrap().parse().unwrap();
    at.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M").to_string()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}"))
}

const ORDER: &str = "query($id: ID!) { node(id: $id) { ... on WorkOrder { number task place workDone cause materials issuedAt departedAt arrivedAt
    completedAt technicianName department { name } team { name } signature { signerName signedAt seal }
    complaint { number receivedAt description contactName contactPhone } } } }";

/// A finished order that its customer has signed.
async fn signed(world: &World) -> String {
    let case = world.dripping_tap().await;
    let order = world.work_done(&case).await;
    world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
    order
}

/// The owner's call about a pipe, taken by the front desk; the case.
async fn phoned(world: &World, more: Value) -> String {
    let phone = world.viewer("owner").await.phone;
    let input = json!({
        "siteId": world.id("Site", "site"), "channel": "PHONE",
        "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
        "report": with(world.report("WATER", "REPAIR", "水管漏水"), json!({ "contactName": "王小明", "contactPhone": phone, "place": "3栋门口" })),
        "call": { "phone": phone, "startedAt": world.now(), "durationSeconds": 65, "summary": "客户说厨房水管漏水，请尽快派人。" },
    });
    world.act("agent", "registerComplaint", with(more, input)).await["complaint"]["id"].as_str().unwrap().to_owned()
}

async fn call_path(world: &World, who: &str, case: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { calls { printPath } } }";
    ask_in(world, who, Language::ZhCn, document, case).await["complaint"]["calls"][0]["printPath"].clone()
}

/// What a printed order says beside what every order says.
struct Printed<'a> {
    booked: &'a str,
    materials: &'a str,
    priced: Vec<&'a str>,
    photos: Vec<&'a str>,
    /// Why the head has signed and when, where the customer has not.
    signed_off: Option<(&'a str, &'a str)>,
}

/// What a signed order says between the top and the foot of its pages.
fn order_text(seen: &Value, materials: &str, priced: &[&str]) -> String {
    let (priced, photos) = (priced.to_vec(), Vec::new());
    printed_text(seen, &Printed { booked: "", materials, priced, photos, signed_off: None })
}

fn printed_text(seen: &Value, printed: &Printed<'_>) -> String {
    let case = &seen["complaint"];
    let said = joined(&[
        "受理编号",
        text(&case["number"]),
        "受理方式",
        "手机应用",
        "接报时间",
        &local(&case["receivedAt"]),
        "派单时间",
        &local(&seen["issuedAt"]),
        "联系人",
        text(&case["contactName"]),
        "联系电话",
        text(&case["contactPhone"]),
        "反映内容",
        text(&case["description"]),
        "地点",
        text(&seen["place"]),
        "公共区域",
        "否",
        "维修任务",
        text(&seen["task"]),
        "预约时间",
        printed.booked,
        "责任部门",
        text(&seen["department"]["name"]),
        "班组",
        text(&seen["team"]["name"]),
        "维修人员",
        text(&seen["technicianName"]),
        "出发时间",
        &local(&seen["departedAt"]),
        "到场时间",
        &local(&seen["arrivedAt"]),
        "完工时间",
        &local(&seen["completedAt"]),
        "当前状态",
        "已签认",
        "故障原因",
        text(&seen["cause"]),
        "维修内容",
        text(&seen["workDone"]),
        "使用材料",
        printed.materials,
        &printed.priced.concat(),
        &printed.photos.concat(),
        "客户评价（1差，5好）",
    ]);
    let technician = joined(&["维修人员签名", text(&seen["technicianName"]), &local(&seen["completedAt"])]);
    let copies = joined(&["两联签收", "工程部留存", "客服部留存"]);
    if let Some((why, at)) = printed.signed_off {
        // What nobody has given is not asked for any more, and there is nothing to verify.
        let nothing = "维修质量服务态度及时性总体满意";
        return joined(&[&said, nothing, "主管签名", why, at, &technician, &copies]);
    }
    let signature = &seen["signature"];
    let seal = text(&signature["seal"]);
    joined(&[
        &said,
        "维修质量",
        "5分",
        "服务态度",
        "5分",
        "及时性",
        "4分",
        "总体满意",
        "5分",
        "客户签名",
        text(&signature["signerName"]),
        &local(&signature["signedAt"]),
        &technician,
        &copies,
        "签名验证",
        "扫描二维码，或打开以下网址，可以查验此签名的真伪：",
        &format!("{ADDRESS}/verify?seal={seal}"),
        "签名封印：",
        seal,
    ])
}

/// A photo of an order that its technician has sent; its hash.
async fn sent(world: &World, edge: &Edge, case: &str, order: &str, name: &str) -> String {
    let bytes = data_encoding::BASE64.decode(signature().as_bytes()).unwrap();
    let input = json!({ "complaintId": case, "workOrderId": order, "name": name, "size": bytes.len() });
    let payload = world.act("technician", "createUpload", input).await;
    let request = edge.client.patch(edge.at(text(&payload["uploadPath"])));
    let request = request.header("tus-resumable", "1.0.0").header("upload-offset", 0);
    let answer = request.header("content-type", "application/offset+octet-stream").body(bytes).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    let document = "query($id: ID!) { attachment(id: $id) { sha256 } }";
    let seen = world.ask("technician", document, json!({ "id": payload["attachment"]["id"] })).await;
    text(&seen["attachment"]["sha256"]).to_owned()
}

/// An order with everything that an order can have: a visit of the afternoon of 2 March that was booked and kept, a quote with
/// a discount, another one for extra work found on site, and two photos. It is done, and not signed. The order, and the hash
/// of each photo.
async fn with_everything(world: &World, edge: &Edge) -> (String, [String; 2]) {
    let hours = json!([{ "from": "13:00", "to": "17:00" }]);
    let week = json!({ "monday": hours, "tuesday": [], "wednesday": [], "thursday": [], "friday": [], "saturday": [], "sunday": [] });
    let offer = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 0, "week": week, "windowMinutes": 120, "capacity": 1,
        "leadMinutes": 0, "daysAhead": 1, "onHolidays": false, "categoryIds": [] });
    world.act("head", "setBookingOffer", offer).await;
    let items = json!([
        { "code": "A", "kind": "MATERIAL", "name": "更换角阀", "unit": "个", "unitPrice": "35.50" },
        { "code": "B", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": "30.00" },
        { "code": "C", "kind": "LABOUR", "name": "疏通地漏", "unit": "小时", "unitPrice": "33.33" },
    ]);
    let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": items });
    let items = world.act("office head", "publishPriceList", list).await["priceList"]["items"].clone();
    let case = world.dripping_tap().await;
    let window = json!({ "from": "2026-03-02T05:00:00Z", "to": "2026-03-02T07:00:00Z" });
    world.on_case("owner", "bookVisit", &case, window).await;
    let accepted = async |who: &str, more: Value| {
        let quote = world.on_case(who, "createQuote", &case, more).await["quote"].clone();
        let yes =
            json!({ "quoteId": quote["id"], "expectedVersion": quote["version"], "contentHash": quote["contentHash"] });
        world.act("owner", "acceptQuote", yes).await;
        quote["id"].clone()
    };
    let lines = json!([
        { "priceItemId": items[0]["id"], "quantity": "2", "discount": "5.00", "discountReason": "老客户" },
        { "priceItemId": items[1]["id"], "quantity": "1" },
    ]);
    let quote = accepted("agent", json!({ "lines": lines })).await;
    let order = world.on_case("agent", "issueWorkOrder", &case, json!({ "task": "换角阀", "quoteId": quote })).await;
    let order = text(&order["workOrder"]["id"]).to_owned();
    world.to_technician(&order).await;
    world.app.clock.set("2026-03-02T05:10:00Z".parse().unwrap());
    world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
    world.pass(TimeDelta::minutes(5));
    world.on_order("technician", "recordArrival", &order, json!({})).await;
    let extra = json!({ "workOrderId": order, "lines": [{ "priceItemId": items[2]["id"], "quantity": "1.5" }] });
    accepted("technician", extra).await;
    world.pass(TimeDelta::minutes(40));
    let before = sent(world, edge, &case, &order, "漏水处.png").await;
    world.pass(TimeDelta::seconds(1));
    let photos = [before, sent(world, edge, &case, &order, "更换后.png").await];
    world
        .on_order(
            "technician",
            "completeWorkOrder",
            &order,
            json!({ "workDone": "更换角阀，疏通地漏", "cause": "老化" }),
        )
        .await;
    (order, photos)
}

/// The headings of the tables of an order, which come again on the page on which a table goes on.
const CHARGES: &str = "项目数量单位单价优惠金额";
const PHOTOS: &str = "文件名SHA-256校验值";

/// What [`with_everything`] says of prices and photos.
fn all_of_it(photos: &[String; 2]) -> (Vec<&str>, Vec<&str>) {
    let priced = vec![
        "收费方式",
        "已报价",
        "免费原因",
        "收费明细（元）",
        CHARGES,
        "更换角阀",
        "2",
        "个",
        "35.50",
        "5.00",
        "66.00",
        "上门费",
        "1",
        "次",
        "30.00",
        "0.00",
        "30.00",
        "疏通地漏",
        "1.5",
        "小时",
        "33.33",
        "0.00",
        "50.00",
        "合计",
        "146.00",
    ];
    let shown = vec!["照片与附件", PHOTOS, "漏水处.png", &photos[0], "更换后.png", &photos[1]];
    (priced, shown)
}

/// A text with a heading where it stands first only.
fn headed_once(text: &str, heading: &str) -> String {
    let (before, after) = text.split_once(heading).unwrap_or((text, ""));
    format!("{before}{heading}{}", after.replace(heading, ""))
}

on_both! {
    async fn e4_2_1a_a_printed_work_order_says_what_the_order_says_in_both_copies(world) {
        let edge = served(&world).await;
        let order = signed(&world).await;
        let path = path(&world, "owner", Language::ZhCn, "WorkOrder", &order, "printPath").await;
        let printed = pdf(&edge, &path).await;
        let seen = ask_in(&world, "owner", Language::ZhCn, ORDER, &order).await["node"].clone();
        let expected = |keeper: &str, page: &str| {
            let priced = ["收费方式", "免费", "免费原因", "服务费已含"];
            let body = order_text(&seen, text(&seen["materials"]), &priced);
            joined(&["company", "site", keeper, "维修单", text(&seen["number"]), &body, text(&seen["number"]), page])
        };
        let one = "第1页，共1页";
        let (department, desk) = (expected("工程部留存", one), expected("客服部留存", one));
        assert_eq!(pages(&printed), [department, desk.clone()]);
        assert_eq!(pdf(&edge, &path).await, printed, "the same data is the same file");
        let fonts = poppler("pdffonts", &[], &printed);
        let font = fonts.lines().last().unwrap_or_default().split_whitespace().collect::<Vec<_>>();
        assert!(font[0].contains("+NotoSansCJKsc-Regular"), "a part of the font: {fonts}");
        assert!(fonts.lines().count() == 3 && fonts.lines().last().unwrap().contains("yes yes yes"), "embedded, a subset, with its letters: {fonts}");
        assert!(printed.len() < 120_000, "{} bytes", printed.len());
        let mine = self::path(&world, "agent", Language::ZhCn, "WorkOrder", &order, "printPath(copy: CUSTOMER_SERVICE)").await;
        assert_eq!(pages(&pdf(&edge, &mine).await), [desk], "one copy alone");
    }

    async fn e4_2_1a_before_it_is_signed_a_work_order_can_be_filled_in_by_hand_and_in_english_it_is_english(world) {
        let edge = served(&world).await;
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        let path = path(&world, "director", Language::En, "WorkOrder", &order, "printPath(copy: DEPARTMENT)").await;
        let page = pages(&pdf(&edge, &path).await).concat();
        for said in ["Engineeringcopy", "Workorder", "CasenumberLY-2026-000001", "StateIssued", "Quality□1□2□3□4□5", "CustomerName,date:", "Page1of1"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("verify?seal"), "nothing to verify yet");
        let phone = world.viewer("owner").await.phone;
        assert!(page.contains("Contacto**") && !page.contains(&phone), "masked as in the API: {page}");
    }

    async fn e4_2_1_a_paid_work_order_lists_what_was_accepted_line_by_line(world) {
        let edge = served(&world).await;
        let item = json!({ "code": "A", "kind": "SERVICE", "name": "更换角阀", "unit": "次", "unitPrice": "35.50" });
        let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [item] });
        let list = world.act("office head", "publishPriceList", list).await;
        let case = world.dripping_tap().await;
        let lines = json!({ "lines": [{ "priceItemId": list["priceList"]["items"][0]["id"], "quantity": "2" }] });
        let quote = world.on_case("agent", "createQuote", &case, lines).await["quote"].clone();
        let yes = json!({ "quoteId": quote["id"], "expectedVersion": quote["version"], "contentHash": quote["contentHash"] });
        world.act("owner", "acceptQuote", yes).await;
        let order = world.on_case("agent", "issueWorkOrder", &case, json!({ "task": "换角阀", "quoteId": quote["id"] })).await;
        let order = order["workOrder"]["id"].as_str().unwrap();
        let path = path(&world, "owner", Language::ZhCn, "WorkOrder", order, "printPath(copy: DEPARTMENT)").await;
        let page = pages(&pdf(&edge, &path).await).concat();
        assert!(page.contains("收费明细（元）项目数量单位单价优惠金额更换角阀2次35.500.0071.00合计71.00"), "{page}");
        world.to_technician(order).await;
        world.on_order("technician", "departForWorkOrder", order, json!({})).await;
        world.on_order("technician", "recordArrival", order, json!({})).await;
        world.on_order("technician", "completeWorkOrder", order, json!({ "workDone": "更换角阀", "cause": "老化" })).await;
        world.on_order("owner", "signWorkOrder", order, world.signing()).await;
        let signed = pages(&pdf(&edge, &path).await);
        let seen = ask_in(&world, "owner", Language::ZhCn, ORDER, order).await["node"].clone();
        let number = text(&seen["number"]);
        let priced = ["收费方式", "已报价", "免费原因", "收费明细（元）", "项目", "数量", "单位", "单价", "优惠", "金额",
            "更换角阀", "2", "次", "35.50", "0.00", "71.00", "合计", "71.00"];
        let top = joined(&["company", "site", "工程部留存", "维修单", number]);
        assert_eq!(without_margins(&signed, &top, number), format!("{top}{}", order_text(&seen, "", &priced)));
    }

    async fn e4_2_1a_a_printed_work_order_shows_the_visit_the_discount_both_quotes_and_the_photos_that_were_signed_for(world) {
        let edge = served(&world).await;
        let (order, photos) = with_everything(&world, &edge).await;
        world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
        let path = path(&world, "owner", Language::ZhCn, "WorkOrder", &order, "printPath(copy: DEPARTMENT)").await;
        let seen = ask_in(&world, "owner", Language::ZhCn, ORDER, &order).await["node"].clone();
        let number = text(&seen["number"]);
        let top = joined(&["company", "site", "工程部留存", "维修单", number]);
        let said = without_margins(&pages(&pdf(&edge, &path).await), &top, number);
        let said = headed_once(&headed_once(&said, CHARGES), PHOTOS);
        let (priced, photos) = all_of_it(&photos);
        let printed = Printed { booked: "2026-03-02 13:00–15:00", materials: "", priced, photos, signed_off: None };
        assert_eq!(said, format!("{top}{}", printed_text(&seen, &printed)));
    }

    async fn e4_2_1a_a_work_order_that_the_head_signed_off_says_why_and_shows_no_ratings(world) {
        let edge = served(&world).await;
        let (order, photos) = with_everything(&world, &edge).await;
        let absent = json!({ "why": "ABSENT", "attempts": 2, "note": "两次上门无人" });
        world.on_order("head", "signOffWorkOrder", &order, absent).await;
        let path = path(&world, "agent", Language::ZhCn, "WorkOrder", &order, "printPath(copy: DEPARTMENT)").await;
        let seen = ask_in(&world, "agent", Language::ZhCn, ORDER, &order).await["node"].clone();
        let number = text(&seen["number"]);
        let top = joined(&["company", "site", "工程部留存", "维修单", number]);
        let said = without_margins(&pages(&pdf(&edge, &path).await), &top, number);
        let said = headed_once(&headed_once(&said, CHARGES), PHOTOS);
        let (priced, photos) = all_of_it(&photos);
        let at = local(&json!(world.now()));
        let signed_off = Some(("两次上门无人", at.as_str()));
        let printed = Printed { booked: "2026-03-02 13:00–15:00", materials: "", priced, photos, signed_off };
        assert_eq!(said, format!("{top}{}", printed_text(&seen, &printed)));
    }

    async fn e4_2_1a_the_materials_on_a_printed_work_order_are_those_that_were_taken_from_the_stock(world) {
        let edge = served(&world).await;
        let order = world.issued(&world.dripping_tap().await).await;
        world.to_technician(&order).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        let mut kept = Vec::new();
        for (code, name, unit) in [("W01", "阀芯", "个"), ("W02", "生料带", "米"), ("W03", "软管", "根")] {
            let input = json!({ "teamId": world.id("Team", "plumbers"), "code": code, "name": name, "unit": unit, "minimum": "0" });
            let item = world.act("leader", "createStockItem", input).await["stockItem"]["id"].clone();
            world.act("leader", "receiveStock", json!({ "stockItemId": item, "quantity": "5" })).await;
            kept.push(item);
        }
        for (act, item, quantity) in [("useMaterials", 0, "2"), ("useMaterials", 1, "0.75"), ("useMaterials", 2, "1"), ("returnMaterials", 0, "1"), ("returnMaterials", 2, "1")] {
            world.pass(TimeDelta::seconds(1));
            world.on_order("technician", act, &order, json!({ "materials": [{ "stockItemId": kept[item], "quantity": quantity }] })).await;
        }
        let report = json!({ "workDone": "更换阀芯", "cause": "阀芯磨损", "materials": "阀芯一个，少量生料带" });
        world.on_order("technician", "completeWorkOrder", &order, report).await;
        world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
        let path = path(&world, "owner", Language::ZhCn, "WorkOrder", &order, "printPath(copy: DEPARTMENT)").await;
        let page = pages(&pdf(&edge, &path).await).concat();
        assert!(page.contains("使用材料阀芯1个生料带0.75米收费方式"), "what came back is not on it: {page}");
        assert!(!page.contains("少量生料带"), "nor what was written besides: {page}");
    }

    async fn e7_1_a_whole_register_form(world) {
        let edge = served(&world).await;
        let case = world.resolved().await;
        let follow_up = world.open_follow_up(&case).await;
        world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("SATISFIED")).await;
        let path = path(&world, "supervisor", Language::ZhCn, "Complaint", &case, "printPath").await;
        let printed = pages(&pdf(&edge, &path).await);
        let document = "query($id: ID!) { complaint(id: $id) { number severity receivedAt resolvedAt result description place contactName contactPhone
            category { nameZh } unit { name building } department { name } handler { name } items { ordinal text }
            timeline(first: 100) { occurredAt text actorName } } }";
        let seen = ask_in(&world, "supervisor", Language::ZhCn, document, &case).await["complaint"].clone();
        let (number, now) = (text(&seen["number"]), local(&json!(world.now())));
        let top = joined(&["company", "site", "客户投诉登记表", number]);
        let severity = match text(&seen["severity"]) {
            "LOW" => "较轻",
            "NORMAL" => "一般",
            "HIGH" => "较重",
            _ => "严重",
        };
        let facts = joined(&[
            "接报时间", &local(&seen["receivedAt"]), "受理方式", "手机应用", "事项性质", "报修", "类别", text(&seen["category"]["nameZh"]),
            "严重程度", severity, "当前状态", "已回访", "联系人", text(&seen["contactName"]), "联系电话", text(&seen["contactPhone"]),
            "房号", text(&seen["unit"]["building"]), text(&seen["unit"]["name"]), "地点", text(&seen["place"]),
            "反映内容", text(&seen["description"]), "客户诉求", "期望时间",
            "接待人", "责任部门", seen["department"]["name"].as_str().unwrap_or_default(),
            "经办人", text(&seen["handler"]["name"]), "办理结论", "已处理", "处理结果", text(&seen["result"]),
            "办结时间", &local(&seen["resolvedAt"]), "归档时间",
        ]);
        let items = seen["items"].as_array().unwrap().iter().map(|item| joined(&[&item["ordinal"].to_string(), text(&item["text"])]));
        let items = items.collect::<String>();
        let matters = if items.is_empty() { String::new() } else { format!("投诉事项#事项内容{items}") };
        let course = seen["timeline"].as_array().unwrap().iter().map(|event| {
            joined(&[&local(&event["occurredAt"]), text(&event["text"]), event["actorName"].as_str().unwrap_or_default()])
        });
        let talk = joined(&[
            "客户回访", "时间", &now, "回访方式", "电话回访", "客户意见", "满意", "经手人", "supervisor", "回访记录", "电话回访:询问维修结果",
            "检查意见", "签署意见", "回访人", "supervisor", &now, "客服主任检查", "姓名、日期：", "管理处负责人", "姓名、日期：",
        ]);
        let expected = [top.clone(), facts, matters, "处理经过".to_owned(), course.collect(), talk].concat();
        assert_eq!(without_margins(&printed, &top, number), expected);
    }

    async fn e7_1_the_register_form_says_what_its_viewer_sees_of_the_case_over_as_many_pages_as_it_takes(world) {
        let edge = served(&world).await;
        let case = world.resolved().await;
        let follow_up = world.open_follow_up(&case).await;
        let record = format!("满意。{}", "客户表示厨房不再漏水，师傅态度很好，收拾得干净。".repeat(60));
        let input = json!({ "method": "ON_SITE", "satisfaction": "SATISFIED", "record": record, "signature": world.signing()["signature"] });
        world.on_follow_up("supervisor", "finishFollowUp", &follow_up, input).await;
        world.on_follow_up("director", "inspectFollowUp", &follow_up, json!({ "remark": "记录完整" })).await;
        let form = async |who: &'static str| {
            let path = path(&world, who, Language::ZhCn, "Complaint", &case, "printPath").await;
            pages(&pdf(&edge, &path).await)
        };
        let seen = world.case("supervisor", &case).await;
        let zh = "query($id: ID!) { complaint(id: $id) { receivedAt result timeline(first: 100) { occurredAt text actorName }
            followUps { signature { seal } } } }";
        let told = ask_in(&world, "supervisor", Language::ZhCn, zh, &case).await["complaint"].clone();
        let staff = form("supervisor").await;
        assert!(staff.len() > 1, "{} pages", staff.len());
        let number = text(&seen["number"]);
        assert!(staff[0].starts_with(&joined(&["company", "site", "客户投诉登记表", number, "接报时间", &local(&told["receivedAt"]), "受理方式手机应用事项性质报修"])), "{}", staff[0]);
        assert!(staff[1].starts_with(&joined(&["company", "site", "客户投诉登记表", number])), "each page says of what it is: {}", staff[1]);
        for (at, page) in staff.iter().enumerate() {
            assert!(page.ends_with(&joined(&[number, &format!("第{}页，共{}页", at + 1, staff.len())])), "{page}");
        }
        let top = joined(&["company", "site", "客户投诉登记表", number]);
        let whole = without_margins(&staff, &top, number);
        for event in told["timeline"].as_array().unwrap() {
            let line = joined(&[&local(&event["occurredAt"]), text(&event["text"]), event["actorName"].as_str().unwrap_or_default()]);
            assert!(whole.contains(&line), "{line}: {whole}");
        }
        for said in [squeezed(&record), joined(&["处理结果", text(&told["result"])]), "回访方式上门回访".into(), "客户意见满意".into(), "检查意见记录完整".into()] {
            assert!(whole.contains(&said), "{said}: {whole}");
        }
        let seal = told["followUps"][0]["signature"]["seal"].as_str().unwrap();
        assert!(whole.contains(&format!("{ADDRESS}/verify?seal={seal}")));
        let customer = without_margins(&form("owner").await, &top, number);
        assert!(customer.contains(&squeezed(&record)) && !customer.contains("检查意见"), "what employees say is theirs: {customer}");
        let path = path(&world, "director", Language::En, "Complaint", &case, "printPath").await;
        let english = pages(&pdf(&edge, &path).await).concat();
        assert!(english.contains("Complaintregisterform") && english.contains("ByOnsite"), "{english}");
    }

    async fn d7_an_anonymous_cases_forms_name_nobody(world) {
        let edge = served(&world).await;
        let case = phoned(&world, json!({ "anonymous": true })).await;
        let phone = world.viewer("owner").await.phone;
        let register = path(&world, "supervisor", Language::ZhCn, "Complaint", &case, "printPath").await;
        let call = call_path(&world, "supervisor", &case).await;
        for path in [register.as_str(), call.as_str().unwrap()] {
            let page = pages(&pdf(&edge, path).await).concat();
            assert!(page.contains("联系人匿名"), "{page}");
            assert!(!page.contains(&phone) && !page.contains('王') && !page.contains("****"), "{page}");
        }
    }

    async fn e7_2_the_call_record_says_what_was_recorded_and_is_for_employees(world) {
        let edge = served(&world).await;
        let case = phoned(&world, json!({ "unitId": world.id("Unit", "home") })).await;
        let seen = world.ask("agent", "query($id: ID!) { complaint(id: $id) { number place calls { phone startedAt summary } } }", json!({ "id": case })).await["complaint"].clone();
        let (call, path) = (&seen["calls"][0], call_path(&world, "agent", &case).await);
        let ended: DateTime<Utc> = text(&call["startedAt"]).parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(65);
        let expected = joined(&[
            "company", "site", "客户来电记录表", text(&seen["number"]), "受理编号", text(&seen["number"]), "事项性质", "报修",
            "通话方向", "客户来电", "对方号码", text(&call["phone"]), "联系人", "王小明", "来电人", "地点", text(&seen["place"]),
            "开始时间", &local(&call["startedAt"]), "结束时间", &local(&json!(ended)), "通话时长", "1分5秒", "接听人", "agent",
            "回访通话", "否", "通话内容", text(&call["summary"]), "处理情况", "接听人签名", "姓名、日期：", "主管签名", "姓名、日期：",
            text(&seen["number"]), "第1页，共1页",
        ]);
        assert_eq!(pages(&pdf(&edge, text(&path)).await), [expected]);
        assert_eq!(call_path(&world, "owner", &case).await, Value::Null, "the record of the call is the office's");
        let others = call_path(&world, "archivist", &case).await;
        let masked = pages(&pdf(&edge, text(&others)).await).concat();
        let phone = world.viewer("owner").await.phone;
        assert!(!masked.contains(&phone) && masked.contains("王**") && masked.contains("****"), "{masked}");
    }

    async fn e7_2_a_call_to_the_hotline_that_led_to_no_case_is_printed_with_what_its_viewer_sees_of_it(world) {
        let edge = served(&world).await;
        let call = json!({ "siteId": world.id("Site", "site"), "phone": "13800009999", "callerName": "王女士", "startedAt": world.now(),
            "durationSeconds": 95, "summary": "询问游泳池开放时间", "handling": "ANSWERED", "note": "已告知早八点" });
        world.act("agent", "recordCall", call.clone()).await;
        let list = "query($id: ID!) { hotlineCalls(filter: { siteId: $id }) { nodes { printPath startedAt endedAt summary } } }";
        let printed = async |who: &str| ask_in(&world, who, Language::ZhCn, list, &world.id("Site", "site")).await["hotlineCalls"]["nodes"][0].clone();
        let seen = printed("agent").await;
        let at: DateTime<Utc> = text(&seen["startedAt"]).parse().unwrap();
        let number = format!("LY-{}", at.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y%m%d-%H%M%S"));
        let expected = joined(&[
            "company", "site", "客户来电记录表", &number, "通话方向", "客户来电", "对方号码", "13800009999", "来电人", "王女士", "受理编号",
            "开始时间", &local(&seen["startedAt"]), "结束时间", &local(&seen["endedAt"]), "通话时长", "1分35秒", "接听人", "agent",
            "通话内容", text(&seen["summary"]), "处理情况", "已答复", "已告知早八点", "接听人签名", "姓名、日期：", "主管签名", "姓名、日期：",
            &number, "第1页，共1页",
        ]);
        let path = seen["printPath"].clone();
        assert_eq!(pages(&pdf(&edge, text(&path)).await), [expected]);
        let masked = pages(&pdf(&edge, text(&printed("archivist").await["printPath"])).await).concat();
        assert!(!masked.contains("13800009999") && masked.contains("138****9999"), "{masked}");
        let none = printed("technician").await;
        assert_eq!(none, Value::Null, "they did not take it");
        let technician = text(&path).replace(&world.town.id("agent").simple().to_string(), &world.town.id("technician").simple().to_string());
        let stolen = edge.client.get(edge.at(&technician)).send().await.unwrap();
        assert_eq!(stolen.status().as_u16(), 404, "the link is the agent's");
        let case = world.dripping_tap().await;
        world.pass(TimeDelta::minutes(1));
        let about = with(json!({ "handling": "KNOWN_CASE", "complaintId": case, "startedAt": world.now() }), call);
        world.act("agent", "recordCall", about).await;
        let newest = pages(&pdf(&edge, text(&printed("agent").await["printPath"])).await).concat();
        let number = world.case("agent", &case).await["number"].clone();
        assert!(newest.contains(&format!("受理编号{}", text(&number))) && newest.contains("已受理事项"), "{newest}");
    }

    async fn a_link_to_a_paper_shows_nobody_more_than_they_see_themselves(world) {
        let edge = served(&world).await;
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        let read = async |path: &str| Answer::of(edge.client.get(edge.at(path)).send().await.unwrap()).await.status;
        let mine = path(&world, "owner", Language::ZhCn, "WorkOrder", &order, "printPath").await;
        assert_eq!(read(&mine).await, 200);
        let (owner, agent) = (world.town.id("owner").simple().to_string(), world.town.id("agent").simple().to_string());
        for other in [mine.replace(&owner, &agent), mine.replace("language=ZhCn", "language=En"), mine.replace("of=", "of=Department"), mine.replace("/order/", "/register/"), mine.replace("key=", "key=0")] {
            assert_eq!(read(&other).await, 404, "{other}");
        }
        world.to_technician(&order).await;
        let theirs = path(&world, "technician", Language::ZhCn, "WorkOrder", &order, "printPath").await;
        assert_eq!(read(&theirs).await, 200);
        let again = json!({ "technicianId": world.id("Account", "second technician") });
        world.on_order("leader", "assignTechnician", &order, again).await;
        assert_eq!(read(&theirs).await, 404, "what they do not see any more is not there");
        world.pass(TimeDelta::minutes(6));
        assert_eq!(read(&mine).await, 404);
    }

    async fn what_the_font_lacks_is_marked_and_named(world) {
        let edge = served(&world).await;
        let input = with(json!({ "unitId": world.id("Unit", "home") }), json!({ "report": world.report("WATER", "REPAIR", "漏水👍🏽，𬭎师傅来过") }));
        let case = world.act("owner", "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned();
        let path = path(&world, "owner", Language::ZhCn, "Complaint", &case, "printPath").await;
        let page = pages(&pdf(&edge, &path).await).concat();
        assert!(page.contains("漏水〓〓，𬭎师傅来过"), "{page}");
        assert!(page.contains("〓代替打印字体中没有的字：U+1F3FDU+1F44D"), "{page}");
    }

    async fn e4_2_1a_the_code_on_both_copies_leads_to_the_verification_of_the_signature(world) {
        let edge = served(&world).await;
        let order = signed(&world).await;
        let path = path(&world, "owner", Language::ZhCn, "WorkOrder", &order, "printPath").await;
        let printed = pdf(&edge, &path).await;
        let seen = ask_in(&world, "owner", Language::ZhCn, ORDER, &order).await["node"].clone();
        let address = format!("{ADDRESS}/verify?seal={}", text(&seen["signature"]["seal"]));
        assert_eq!(codes(&printed), [[address.clone()], [address.clone()]]);
        let genuine = edge.client.get(edge.at(address.strip_prefix(ADDRESS).unwrap())).send().await.unwrap();
        assert!(genuine.text().await.unwrap().contains("签名真实"), "and there it is verified");
    }

    async fn e4_2_1a_whoever_holds_the_printed_form_sees_whether_its_signature_is_genuine(world) {
        let edge = served(&world).await;
        let order = signed(&world).await;
        let seen = ask_in(&world, "owner", Language::ZhCn, ORDER, &order).await["node"].clone();
        let seal = text(&seen["signature"]["seal"]);
        let page = async |seal: &str, language: &str| {
            let request = edge.client.get(edge.at(&format!("/verify?seal={seal}"))).header("accept-language", language);
            Answer::of(request.send().await.unwrap()).await
        };
        let genuine = page(seal, "zh-CN").await;
        assert_eq!((genuine.status, genuine.header("content-security-policy")), (200, "default-src 'none'"));
        assert!(genuine.text.contains("签名真实") && genuine.text.contains(text(&seen["number"])) && genuine.text.contains("2026-03-02 09:00:00"), "{}", genuine.text);
        for secret in ["owner", "更换阀芯", "1203", "company"] {
            assert!(!genuine.text.contains(secret), "a stranger is told verdict, number and time: {}", genuine.text);
        }
        assert!(page(&seal.to_uppercase(), "en").await.text.contains("The signature is genuine"));
        let forged = page(&seal.replace('a', "b"), "en").await;
        assert!(forged.text.contains("Nothing like it was signed here") && !forged.text.contains(text(&seen["number"])));
        assert!(page("%3Cscript%3E", "en").await.text.contains("Nothing like it"));
        for _ in 0..30 {
            page("0", "en").await;
        }
        assert_eq!(page(seal, "en").await.status, 429, "who tries too much is slowed");
    }
}

/// What stands on pages without what stands at the foot of each, and on top of each but the first.
fn without_margins(pages: &[String], top: &str, number: &str) -> String {
    let body = pages.iter().enumerate().map(|(at, page)| {
        let top = if at == 0 { "" } else { top };
        let foot = joined(&[number, &format!("第{}页，共{}页", at + 1, pages.len())]);
        let page = page.strip_prefix(top).unwrap_or(page);
        page.strip_suffix(&foot).unwrap_or(page).to_owned()
    });
    // The headings of the table come again on the page on which it goes on.
    body.collect::<String>().replace("时间内容经手人", "")
}

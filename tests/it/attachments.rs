//! Photos and papers: sent in parts, looked at, shown by links that hold for minutes, kept with their rows.

use std::io::Cursor;
use std::sync::Arc;

use api::app::clock::Clock;
use api::app::files::Files;
use api::attachment::transfer::{self, Kept};
use api::attachment::{check, parts, sweep};
use api::edge::Config;
use chrono::TimeDelta;
use entity::attachment;
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value as Note};
use image::{DynamicImage, ImageFormat, RgbImage};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::{Method, Response};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{mutation, refusal, told, variables};
use tests::edge::Edge;
use tests::server::Server;
use tests::world::{row_id, with};
use tokio::io::AsyncWriteExt;

const FILE: &str = "id state name kind mediaType size sha256 width height received forStaff uploadedBy fault version path thumbnailPath
    evidence { takenAt latitude longitude }";

/// A photo of a size, as a phone writes it: lying on its side, with the place where it was taken.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([(x % 251) as u8, (y % 241) as u8, 7]));
    let mut plain = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut plain, ImageFormat::Jpeg).unwrap();
    let plain = plain.into_inner();
    let degrees = |whole| Note::Rational([whole, 30, 0].map(|part| Rational { num: part, denom: 1 }).to_vec());
    let text = |words: &str| Note::Ascii(vec![words.as_bytes().to_vec()]);
    let notes = [
        (Tag::Orientation, Note::Short(vec![6])),
        (Tag::DateTimeOriginal, text("2026:03:02 08:30:00")),
        (Tag::GPSLatitudeRef, text("N")),
        (Tag::GPSLatitude, degrees(22)),
        (Tag::GPSLongitudeRef, text("E")),
        (Tag::GPSLongitude, degrees(114)),
    ];
    let notes = notes.map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value });
    let (mut writer, mut bytes) = (Writer::new(), Cursor::new(Vec::new()));
    for note in &notes {
        writer.push_field(note);
    }
    writer.write(&mut bytes, false).unwrap();
    let notes = [b"Exif\0\0".as_slice(), bytes.get_ref()].concat();
    let length = u16::try_from(notes.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &notes, &plain[2..]].concat()
}

fn paper() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".to_vec()
}

/// Announces a file; where its bytes go, and its id.
async fn announced(world: &World, who: &str, case: &str, size: usize, more: Value) -> (String, String) {
    let input = with(more, json!({ "complaintId": case, "name": "厨房.jpg", "size": size }));
    let payload = world.act(who, "createUpload", input).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&payload["uploadPath"]), text(&payload["attachment"]["id"]))
}

async fn file(world: &World, who: &str, id: &str) -> Value {
    let document = format!("query($id: ID!) {{ attachment(id: $id) {{ {FILE} }} }}");
    world.ask(who, &document, json!({ "id": id })).await["attachment"].clone()
}

async fn files(world: &World, who: &str, case: &str) -> Value {
    let document = format!("query($id: ID!) {{ complaint(id: $id) {{ attachments {{ {FILE} }} }} }}");
    world.ask(who, &document, json!({ "id": case })).await["complaint"]["attachments"].clone()
}

/// What lies in the store of a file, in order.
async fn beside(world: &World, id: &str) -> Vec<String> {
    let names = world.app.files.names(&row_id(id).simple().to_string()).await.unwrap();
    let mut names: Vec<String> = names.iter().map(|name| name.rsplit('/').next().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn send(address: &str, path: &str, offset: usize, bytes: &[u8]) -> Response {
    let request = reqwest::Client::new().patch(format!("http://{address}{path}"));
    let request = request.header("tus-resumable", "1.0.0").header("upload-offset", offset);
    request.header("content-type", "application/offset+octet-stream").body(bytes.to_vec()).send().await.unwrap()
}

/// Sends a file whole; its id.
async fn sent(world: &World, edge: &Edge, who: &str, case: &str, bytes: &[u8], more: Value) -> String {
    let (path, id) = announced(world, who, case, bytes.len(), more).await;
    assert_eq!(send(&edge.address, &path, 0, bytes).await.status(), 204);
    id
}

async fn read(edge: &Edge, path: &Value, range: Option<&str>) -> Response {
    let mut request = edge.client.get(format!("http://{}{}", edge.address, path.as_str().unwrap()));
    if let Some(range) = range {
        request = request.header("range", range);
    }
    request.send().await.unwrap()
}

/// A server that speaks S3, in a folder; its address.
async fn s3_server(folder: &std::path::Path) -> String {
    std::fs::create_dir_all(folder.join("huiyin")).unwrap();
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    builder.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
                // A client that goes ends its connection as it likes.
                server.serve_connection(hyper_util::rt::TokioIo::new(stream), service).await.ok();
            });
        }
    });
    format!("http://{address}")
}

/// The same, and a store that speaks to it.
async fn s3(folder: &std::path::Path) -> Files {
    let store = object_store::aws::AmazonS3Builder::new()
        .with_endpoint(s3_server(folder).await)
        .with_allow_http(true)
        .with_bucket_name("huiyin")
        .with_region("us-east-1")
        .with_access_key_id("key")
        .with_secret_access_key("secret");
    Files::over(Arc::new(store.build().unwrap()))
}

on_both! {
    async fn whoever_is_told_that_a_photo_has_come_whole_can_count_on_it_also_when_the_line_dropped_with_the_answer(world) {
        let case = world.dripping_tap().await;
        let edge = Edge::of(&world, Config::default()).await;
        let bytes = photo(1200, 800);
        let (path, id) = announced(&world, "owner", &case, bytes.len(), json!({})).await;
        let head = format!(
            "PATCH {path} HTTP/1.1\r\nhost: huiyin\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
            bytes.len()
        );
        let mut line = tokio::net::TcpStream::connect(&edge.address).await.unwrap();
        line.write_all(head.as_bytes()).await.unwrap();
        line.write_all(&bytes).await.unwrap();
        // The phone is gone; what had not come by then it sends again.
        line.shutdown().await.unwrap();
        let stands = async || -> usize {
            let request = edge.client.request(Method::HEAD, format!("http://{}{path}", edge.address));
            let answer = request.header("tus-resumable", "1.0.0").send().await.unwrap();
            header(&answer, "upload-offset").parse().unwrap()
        };
        let mut tries = 0;
        loop {
            let offset = stands().await;
            if offset == bytes.len() {
                break;
            }
            send(&edge.address, &path, offset, &bytes[offset..]).await;
            tries += 1;
            assert!(tries < 100, "it stands at {offset}");
        }
        assert_eq!(file(&world, "owner", &id).await["state"], "READY");
    }

    async fn d7_whoever_stays_unknown_sends_photos_by_the_receipt_code_and_nothing_tells_who_they_are(world) {
        let report = with(world.report("NOISE", "COMPLAINT", "消防通道被占"), json!({ "place": "5栋" }));
        let filed = world.act("", "fileAnonymousComplaint", json!({ "siteId": world.id("Site", "site"), "report": report })).await;
        let code = filed["receiptCode"].clone();
        let edge = Edge::of(&world, Config::default()).await;
        let bytes = photo(120, 80);
        let announced = json!({ "receiptCode": code, "size": bytes.len(), "idempotencyKey": "a-long-random-key-of-the-phone" });
        let path = world.act("owner", "createAnonymousUpload", announced.clone()).await["uploadPath"].clone();
        assert_eq!(world.act("", "createAnonymousUpload", announced.clone()).await["uploadPath"], path, "the same call twice is done once");
        let path = path.as_str().unwrap();
        assert_eq!(send(&edge.address, path, 0, &bytes[..100]).await.status(), 204);
        assert_eq!(send(&edge.address, path, 100, &bytes[100..]).await.status(), 204);
        let follow = "query($code: String!) { anonymousComplaint(receiptCode: $code) { photosReceived timeline(first: 50) { kind } } }";
        let followed = world.ask("", follow, json!({ "code": code })).await["anonymousComplaint"].clone();
        assert_eq!((&followed["photosReceived"], &followed["timeline"].as_array().unwrap().last().unwrap()["kind"]), (&json!(1), &json!("ATTACHMENT_ADDED")));
        let case = world.ask("agent", "{ complaints { nodes { id } } }", json!({})).await["complaints"]["nodes"][0]["id"].clone();
        let seen = files(&world, "agent", case.as_str().unwrap()).await[0].clone();
        assert_eq!((&seen["name"], &seen["uploadedBy"], &seen["evidence"]), (&json!("anonymous"), &Value::Null, &Value::Null));
        let kept = attachment::Entity::find().one(&world.app.db).await.unwrap().unwrap();
        assert_eq!((kept.uploaded_by, kept.evidence), (None, None), "neither who, nor where it was taken");
        // A paper says who wrote it.
        let of_paper = json!({ "receiptCode": code, "size": paper().len() });
        let path = world.act("", "createAnonymousUpload", of_paper).await["uploadPath"].as_str().unwrap().to_owned();
        let refused = send(&edge.address, &path, 0, &paper()).await;
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["extensions"]["fault"], "TYPE");
        let wrong = with(json!({ "receiptCode": "AAAA-AAAA-AAAA-AAAA-AAAA", "idempotencyKey": null }), announced.clone());
        assert_eq!(told(&world.try_to("", "createAnonymousUpload", wrong).await), ("NOT_FOUND", "receiptCode"));
        let nothing = with(json!({ "size": 0, "idempotencyKey": null }), announced);
        assert_eq!(told(&world.try_to("", "createAnonymousUpload", nothing).await), ("INVALID", "size"));
    }

    async fn a_photo_comes_in_parts_over_a_line_that_drops_and_nothing_of_its_place_is_kept(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let bytes = photo(1600, 1200);
        let (path, id) = announced(&world, "owner", &case, bytes.len(), json!({})).await;
        let half = bytes.len() / 2;
        assert_eq!(send(&edge.address, &path, 0, &bytes[..half]).await.status(), 204);
        assert_eq!(files(&world, "owner", &case).await, json!([]), "nothing shows before it is whole");
        let again = send(&edge.address, &path, 0, &bytes[..half]).await;
        assert_eq!(again.status(), 409, "what has come is not taken twice");
        let stands = edge.client.request(Method::HEAD, format!("http://{}{path}", edge.address)).send().await.unwrap();
        assert_eq!((header(&stands, "upload-offset"), header(&stands, "upload-length")), (half.to_string(), bytes.len().to_string()));
        assert_eq!(send(&edge.address, &path, half, &bytes[half..]).await.status(), 204);
        let seen = file(&world, "owner", &id).await;
        assert_eq!((&seen["state"], &seen["kind"], &seen["mediaType"]), (&json!("READY"), &json!("PHOTO"), &json!("image/jpeg")));
        assert_eq!((&seen["width"], &seen["height"]), (&json!(1200), &json!(1600)), "the right way up");
        let kept = read(&edge, &seen["path"], None).await;
        assert_eq!(header(&kept, "content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(header(&kept, "content-disposition"), "inline; filename*=UTF-8''%E5%8E%A8%E6%88%BF.jpg");
        let kept = kept.bytes().await.unwrap();
        assert!(exif::Reader::new().read_from_container(&mut Cursor::new(&kept)).is_err(), "no notes in it");
        assert_eq!(seen["sha256"], data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(&kept)));
        let small = image::load_from_memory(&read(&edge, &seen["thumbnailPath"], None).await.bytes().await.unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (240, 320));
        let part = read(&edge, &seen["path"], Some("bytes=10-19")).await;
        assert_eq!((part.status().as_u16(), header(&part, "content-range")), (206, format!("bytes 10-19/{}", kept.len())));
        assert_eq!(part.bytes().await.unwrap(), kept[10..20]);
        assert_eq!(read(&edge, &seen["path"], Some("bytes=99999999-")).await.status(), 416);
        let event = world.case("owner", &case).await["timeline"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&event["kind"], &event["actorName"]), (&json!("ATTACHMENT_ADDED"), &json!("owner")));
        assert_eq!(check::all(&world.app).await.unwrap(), check::Found { ready: 1, ..check::Found::default() });
    }

    async fn c3_where_an_employee_took_a_photo_is_evidence_and_where_a_customer_did_is_not_kept(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let bytes = photo(64, 48);
        let own = sent(&world, &edge, "owner", &case, &bytes, json!({})).await;
        let staff = sent(&world, &edge, "agent", &case, &bytes, json!({ "forStaff": true })).await;
        assert_eq!(file(&world, "supervisor", &own).await["evidence"], Value::Null);
        let evidence = json!({ "takenAt": "2026-03-02T08:30:00", "latitude": 22.5, "longitude": 114.5 });
        assert_eq!(file(&world, "supervisor", &staff).await["evidence"], evidence);
        assert_eq!(file(&world, "owner", &staff).await, Value::Null, "what employees keep among themselves");
        assert_eq!(files(&world, "owner", &case).await.as_array().unwrap().len(), 1);
        assert_eq!(files(&world, "agent", &case).await.as_array().unwrap().len(), 2);
        assert_eq!(file(&world, "neighbour", &own).await, Value::Null);
        assert_eq!(file(&world, "stranger agent", &own).await, Value::Null);
        let input = json!({ "complaintId": case, "name": "a", "size": 9, "forStaff": true });
        assert_eq!(told(&world.try_to("owner", "createUpload", input).await), ("INVALID", "forStaff"));
    }

    async fn what_a_file_is_its_content_says_and_what_it_may_not_be_is_not_kept(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let mut bomb = photo(64, 48);
        let frame = bomb.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        bomb[frame + 5..frame + 9].copy_from_slice(&[0x2e, 0xe0, 0x2e, 0xe0]);
        let script = b"<html><script>alert(1)</script></html>".to_vec();
        let cut = paper()[..20].to_vec();
        let broken = [photo(64, 48)[..600].to_vec(), vec![0; 40]].concat();
        for (bytes, fault) in [(script, "TYPE"), (bomb, "PIXELS"), (cut, "BROKEN"), (broken, "BROKEN"), (b"MZ\x90\0 an executable".to_vec(), "TYPE")] {
            let (path, id) = announced(&world, "owner", &case, bytes.len(), json!({})).await;
            let answer = send(&edge.address, &path, 0, &bytes).await;
            assert_eq!(answer.status(), 422, "{fault}");
            let refused: Value = answer.json().await.unwrap();
            assert_eq!(refused["errors"][0]["extensions"]["fault"], fault);
            assert_eq!(file(&world, "owner", &id).await["fault"], fault);
        }
        assert_eq!(world.app.files.names("").await.unwrap(), Vec::<String>::new(), "nothing of them is kept");
        let pdf = sent(&world, &edge, "owner", &case, &paper(), json!({})).await;
        let seen = file(&world, "owner", &pdf).await;
        assert_eq!((&seen["kind"], &seen["thumbnailPath"]), (&json!("PAPER"), &Value::Null));
        assert!(header(&read(&edge, &seen["path"], None).await, "content-disposition").starts_with("attachment;"), "saved, never shown");
        for size in [0, 20 * 1024 * 1024 + 1] {
            let input = json!({ "complaintId": case, "name": "a", "size": size });
            assert_eq!(told(&world.try_to("owner", "createUpload", input).await).1, "size");
        }
    }

    async fn a_case_has_fifty_files_at_most(world) {
        let case = world.dripping_tap().await;
        for _ in 0..50 {
            announced(&world, "owner", &case, 100, json!({})).await;
        }
        let input = json!({ "complaintId": case, "name": "a", "size": 100 });
        assert_eq!(told(&world.try_to("owner", "createUpload", input).await), ("TOO_LONG", "complaintId"));
    }

    async fn an_upload_says_what_it_wants_and_takes_no_more_than_was_announced(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let (path, _) = announced(&world, "owner", &case, 100, json!({})).await;
        let url = format!("http://{}{path}", edge.address);
        let sending = |version: &'static str, kind: &'static str, offset: &'static str| {
            let request = edge.client.patch(&url).header("tus-resumable", version).header("content-type", kind);
            request.header("upload-offset", offset).body("x").send()
        };
        let kind = "application/offset+octet-stream";
        for (answer, status) in [
            (sending("0.2.0", kind, "0").await, 412),
            (sending("1.0.0", "image/jpeg", "0").await, 415),
            (sending("1.0.0", kind, "x").await, 400),
            (sending("1.0.0", kind, "5").await, 409),
        ] {
            assert_eq!(answer.unwrap().status(), status);
        }
        assert_eq!(send(&edge.address, &path, 0, &[0; 101]).await.status(), 413);
        let other = path.replace("key=", "key=0");
        assert_eq!(send(&edge.address, &other, 0, &[0; 10]).await.status(), 404, "no key, no upload");
        let old = sending("0.2.0", kind, "0").await.unwrap();
        assert_eq!(header(&old, "tus-version"), "1.0.0", "and it says what is spoken");
    }

    async fn a_link_holds_for_minutes_and_for_one_file(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let (one, two) = (sent(&world, &edge, "owner", &case, &photo(64, 48), json!({})).await, sent(&world, &edge, "owner", &case, &paper(), json!({})).await);
        let path = file(&world, "owner", &one).await["path"].clone();
        let moved = json!(path.as_str().unwrap().replace(&row_id(&one).simple().to_string(), &row_id(&two).simple().to_string()));
        assert_eq!(read(&edge, &moved, None).await.status(), 404);
        assert_eq!(read(&edge, &path, None).await.status(), 200);
        world.pass(TimeDelta::minutes(6));
        assert_eq!(read(&edge, &path, None).await.status(), 404);
    }

    async fn whoever_loses_the_order_reads_nothing_more_by_a_link_of_before(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let photo = sent(&world, &edge, "technician", &case, &photo(64, 48), json!({ "workOrderId": order })).await;
        let links = async |who: &str| {
            let seen = file(&world, who, &photo).await;
            [seen["path"].clone(), seen["thumbnailPath"].clone()]
        };
        let (technicians, owners) = (links("technician").await, links("owner").await);
        for path in technicians.iter().chain(&owners) {
            assert_eq!(read(&edge, path, None).await.status(), 200, "{path}");
        }
        let id = |who: &str| world.town.id(who).simple().to_string();
        let stolen = owners[0].as_str().unwrap().replace(&id("owner"), &id("technician"));
        assert_eq!(read(&edge, &json!(stolen), None).await.status(), 404, "a link is one person's");
        let other = json!({ "technicianId": world.id("Account", "second technician") });
        world.on_order("leader", "assignTechnician", &order, other).await;
        for path in &technicians {
            assert_eq!(read(&edge, path, None).await.status(), 404, "{path}");
            assert_eq!(read(&edge, path, Some("bytes=0-9")).await.status(), 404, "nor a part of it: {path}");
        }
        for path in &owners {
            assert_eq!(read(&edge, path, None).await.status(), 200, "{path}");
        }
        for path in &links("second technician").await {
            assert_eq!(read(&edge, path, None).await.status(), 200, "{path}");
        }
        let removal = json!({ "attachmentId": photo, "expectedVersion": file(&world, "head", &photo).await["version"], "reason": "拍错" });
        world.act("head", "removeAttachment", removal).await;
        assert_eq!(read(&edge, &owners[0], None).await.status(), 404, "what was taken out is nobody's");
    }

    async fn an_upload_that_is_not_finished_leaves_nothing_behind(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let (path, id) = announced(&world, "owner", &case, 5000, json!({})).await;
        assert_eq!(send(&edge.address, &path, 0, &[1; 3000]).await.status(), 204);
        world.pass(TimeDelta::hours(25));
        assert_eq!(send(&edge.address, &path, 3000, &[1; 2000]).await.status(), 404, "it holds for a day");
        sweep::once(&world.app).await.unwrap();
        assert!(attachment::Entity::find_by_id(row_id(&id)).one(&world.app.db).await.unwrap().is_none());
        assert_eq!(world.app.files.names("").await.unwrap(), Vec::<String>::new());
    }

    async fn a_part_that_was_overtaken_is_not_kept_and_neither_is_one_that_comes_when_the_file_is_ready(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let bytes = photo(640, 480);
        let (path, id) = announced(&world, "owner", &case, bytes.len(), json!({})).await;
        let first = || bytes[..1000].to_vec().into();
        let mut one = transfer::open(&world.app, row_id(&id)).await.unwrap().unwrap();
        let (mut other, mut late) = (one.clone(), one.clone());
        assert_eq!(transfer::keep(&world.app, &mut one, first()).await.unwrap(), Kept::UpTo(1000));
        assert_eq!(transfer::keep(&world.app, &mut other, first()).await.unwrap(), Kept::Overtaken);
        assert_eq!(world.app.files.names("").await.unwrap().len(), 1, "only the part that counts is kept");
        assert_eq!(send(&edge.address, &path, 1000, &bytes[1000..]).await.status(), 204);
        assert_eq!(transfer::keep(&world.app, &mut late, first()).await.unwrap(), Kept::Overtaken);
        assert_eq!(beside(&world, &id).await, ["file", "thumbnail"]);
        assert_eq!(check::all(&world.app).await.unwrap(), check::Found { ready: 1, ..check::Found::default() });
    }

    async fn where_a_photo_was_taken_does_not_stay_when_the_server_stops_before_its_parts_are_cleared(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let bytes = photo(640, 480);
        let id = sent(&world, &edge, "owner", &case, &bytes, json!({})).await;
        // What a server leaves that is killed between the commit and the clearing, or before it takes an overtaken part back.
        let left = format!("{}/left", parts(row_id(&id)));
        world.app.files.put(&left, bytes.into()).await.unwrap();
        let found = check::all(&world.app).await.unwrap();
        assert_eq!(found, check::Found { ready: 1, left_over: vec![left], ..check::Found::default() });
        sweep::once(&world.app).await.unwrap();
        assert_eq!(beside(&world, &id).await.len(), 3, "a part may still be on its way");
        world.pass(transfer::LONGEST);
        sweep::once(&world.app).await.unwrap();
        assert_eq!(beside(&world, &id).await, ["file", "thumbnail"]);
        assert_eq!(check::all(&world.app).await.unwrap(), check::Found { ready: 1, ..check::Found::default() });
        let row = attachment::Entity::find_by_id(row_id(&id)).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(row.clear_parts_at, None, "and it is not looked at again");
        // The same for one that was refused.
        let bad = b"not a photo".to_vec();
        let (path, refused) = announced(&world, "owner", &case, bad.len(), json!({})).await;
        assert_eq!(send(&edge.address, &path, 0, &bad).await.status(), 422);
        world.app.files.put(&format!("{}/left", parts(row_id(&refused))), bad.into()).await.unwrap();
        world.pass(transfer::LONGEST);
        sweep::once(&world.app).await.unwrap();
        assert_eq!(beside(&world, &refused).await, Vec::<String>::new());
    }

    async fn a_file_is_taken_out_by_whoever_sent_it_with_a_reason_and_its_hash_stays(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let id = sent(&world, &edge, "owner", &case, &photo(64, 48), json!({})).await;
        let seen = file(&world, "owner", &id).await;
        let input = json!({ "attachmentId": id, "expectedVersion": seen["version"], "reason": "拍错了" });
        assert_eq!(refusal(&world.try_to("wife", "removeAttachment", input.clone()).await), "NOT_YOURS");
        world.act("owner", "removeAttachment", input).await;
        assert_eq!(files(&world, "owner", &case).await, json!([]));
        assert_eq!(read(&edge, &seen["path"], None).await.status(), 404, "also by a link from before");
        sweep::once(&world.app).await.unwrap();
        assert_eq!(world.app.files.names("").await.unwrap(), Vec::<String>::new());
        assert_eq!(file(&world, "agent", &id).await["sha256"], seen["sha256"]);
    }

    async fn e4_5_2_the_customer_signs_for_the_photos_of_the_work(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        let shown = "query($id: ID!) { workOrder(id: $id) { contentToSign } }";
        let before = world.ask("owner", shown, json!({ "id": order })).await["workOrder"]["contentToSign"].clone();
        let id = sent(&world, &edge, "technician", &case, &photo(64, 48), json!({ "workOrderId": order })).await;
        let content: Value = serde_json::from_str(world.ask("owner", shown, json!({ "id": order })).await["workOrder"]["contentToSign"].as_str().unwrap()).unwrap();
        let sent = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(photo(64, 48)));
        assert_eq!(content["photos"], json!([sent]), "by the bytes that were sent");
        assert_eq!(file(&world, "owner", &id).await["state"], "READY");
        let hash = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(before.as_str().unwrap()));
        let old = with(json!({ "contentSha256": hash }), world.signing());
        assert_eq!(refusal(&world.try_on_order("owner", "signWorkOrder", &order, old).await), "STALE", "there is a photo more");
        let blind = with(json!({ "contentSha256": null }), world.signing());
        assert_eq!(told(&world.try_on_order("owner", "signWorkOrder", &order, blind).await), ("REQUIRED", "contentSha256"), "nobody signs for what they were not shown");
        world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
    }

    async fn a_store_that_speaks_s3_keeps_files_as_a_folder_does(world) {
        let folder = std::env::temp_dir().join(format!("huiyin_s3_{}_{}", std::process::id(), world.town.id("site").simple()));
        let store = s3(&folder).await;
        let world = world.with(|parts| parts.files = store.clone());
        let edge = Edge::of(&world, Config::default()).await;
        let case = world.dripping_tap().await;
        let bytes = photo(1200, 900);
        let (path, id) = announced(&world, "owner", &case, bytes.len(), json!({})).await;
        assert_eq!(send(&edge.address, &path, 0, &bytes[..1000]).await.status(), 204);
        assert_eq!(send(&edge.address, &path, 1000, &bytes[1000..]).await.status(), 204);
        let seen = file(&world, "owner", &id).await;
        assert_eq!(seen["state"], "READY");
        assert_eq!(read(&edge, &seen["path"], Some("bytes=0-1")).await.bytes().await.unwrap(), vec![0xff, 0xd8]);
        assert_eq!(check::all(&world.app).await.unwrap(), check::Found { ready: 1, ..check::Found::default() });
        let mut names = store.names("").await.unwrap();
        names.sort();
        assert_eq!(names.iter().map(|name| name.rsplit('/').next().unwrap()).collect::<Vec<_>>(), ["file", "thumbnail"], "no parts stay");
        std::fs::remove_dir_all(folder).unwrap();
    }

    async fn a_server_finds_its_s3_store_by_the_settings(world) {
        let folder = std::env::temp_dir().join(format!("huiyin_s3_named_{}_{}", std::process::id(), world.town.id("site").simple()));
        let settings = [
            ("HUIYIN_FILES", "s3://huiyin/photos".to_owned()), ("AWS_ENDPOINT", s3_server(&folder).await), ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()), ("AWS_ACCESS_KEY_ID", "key".to_owned()), ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ];
        let mut server = Server::with(&world.database.url, &settings).await;
        let (case, bytes) = (world.dripping_tap().await, photo(900, 700));
        let token = world.token_at("owner", Clock::System.now()).await;
        let ask = async |document: &str, variables: Value| {
            let body = json!({ "query": document, "variables": variables });
            let request = reqwest::Client::new().post(format!("http://127.0.0.1:{}/graphql", server.port)).bearer_auth(&token);
            request.json(&body).send().await.unwrap().json::<Value>().await.unwrap()["data"].clone()
        };
        let input = json!({ "complaintId": case, "name": "厨房.jpg", "size": bytes.len() });
        let made = ask(&mutation("createUpload"), variables(&input)).await["createUpload"].clone();
        let (path, id) = (made["uploadPath"].as_str().unwrap(), made["attachment"]["id"].as_str().unwrap());
        let address = format!("127.0.0.1:{}", server.port);
        assert_eq!(send(&address, path, 0, &bytes[..1000]).await.status(), 204);
        assert_eq!(send(&address, path, 1000, &bytes[1000..]).await.status(), 204);
        let document = "query($id: ID!) { attachment(id: $id) { state size path } }";
        let seen = ask(document, json!({ "id": id })).await["attachment"].clone();
        assert_eq!(seen["state"], "READY");
        let get = async || reqwest::get(format!("http://{address}{}", seen["path"].as_str().unwrap())).await.unwrap().bytes().await.unwrap();
        let kept = get().await;
        assert_eq!(json!(kept.len()), seen["size"]);
        let there = folder.join("huiyin/photos").join(row_id(id).simple().to_string()).join("file");
        assert_eq!(std::fs::read(there).unwrap(), kept, "in the bucket, below its folder");
        assert!(!server.files.exists(), "and in no local folder");
        let (well, said) = server.command(&["files", "check"]).await;
        assert!(well && said.starts_with("All 1 files"), "{said}");
        server.kill().await;
        server.again().await;
        assert_eq!(get().await, kept);
        server.end().await;
        std::fs::remove_dir_all(folder).unwrap();
    }

    async fn whenever_the_server_is_killed_no_file_is_without_its_row_and_no_row_without_its_file(world) {
        let mut server = Server::start(&world.database.url).await;
        let case = world.dripping_tap().await;
        let token = world.token_at("owner", Clock::System.now()).await;
        let mut dice = StdRng::seed_from_u64(7);
        let http = reqwest::Client::new();
        let whole = attachment::Entity::find();
        let is_ready = attachment::Column::State.eq(domain::attachment::State::Ready);
        for round in 0..6 {
            let address = format!("127.0.0.1:{}", server.port);
            let uploads = tokio::spawn(upload_for_ever(http.clone(), address, token.clone(), case.clone(), round));
            if round == 0 {
                // However busy the machine is, one file at least is whole before the first kill.
                for _ in 0..600 {
                    if whole.clone().filter(is_ready.clone()).one(&world.app.db).await.unwrap().is_some() {
                        break;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(dice.random_range(200..900))).await;
            server.kill().await;
            uploads.abort();
            server.again().await;
        }
        // Whatever was whole is looked at once the server is back.
        for _ in 0..600 {
            let rows = whole.clone().all(&world.app.db).await.unwrap();
            if rows.iter().all(|row| row.received < row.expected || row.state != domain::attachment::State::Uploading) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        // What a kill has left of the parts goes by itself a little later: here that time is over.
        let files = Files::folder(&server.files).unwrap();
        let world = world.with(|parts| parts.files = files);
        world.app.clock.set(Clock::System.now() + transfer::LONGEST);
        while whole.clone().filter(attachment::Column::ClearPartsAt.is_not_null()).one(&world.app.db).await.unwrap().is_some() {
            sweep::once(&world.app).await.unwrap();
        }
        let (well, said) = server.command(&["files", "check"]).await;
        assert!(well, "{said}");
        let rows = whole.all(&world.app.db).await.unwrap();
        let ready = rows.iter().filter(|row| row.state == domain::attachment::State::Ready).count();
        assert!(said.starts_with(&format!("All {ready} files")) && ready > 0, "{said}");
        let first = rows.iter().find(|row| row.state == domain::attachment::State::Ready).unwrap();
        let folder = server.files.join(first.id.simple().to_string());
        std::fs::write(server.files.join("stray"), "x").unwrap();
        let second = rows.iter().rfind(|row| row.state == domain::attachment::State::Ready).unwrap();
        std::fs::create_dir_all(server.files.join(parts(second.id))).unwrap();
        std::fs::write(server.files.join(parts(second.id)).join("left"), "x").unwrap();
        std::fs::remove_file(folder.join("file")).unwrap();
        let (well, said) = server.command(&["files", "check"]).await;
        assert!(!well && said.contains("without a row: stray") && said.contains("without its file: Attachment_"), "{said}");
        assert!(said.contains(&format!("beside a file that is ready: {}/left", parts(second.id))), "{said}");
        server.end().await;
    }
}

/// Sends one photo after the other, each in two parts.
async fn upload_for_ever(http: reqwest::Client, address: String, token: String, case: String, round: usize) {
    let bytes = photo(900, 700);
    for number in 0..40 {
        let input = json!({ "complaintId": case, "name": format!("{round}-{number}"), "size": bytes.len() });
        let body = json!({ "query": mutation("createUpload"), "variables": variables(&input) });
        let answer = http.post(format!("http://{address}/graphql")).bearer_auth(&token).json(&body).send().await;
        let Ok(answer) = answer else { return };
        let Ok(told) = answer.json::<Value>().await else { return };
        let Some(path) = told["data"]["createUpload"]["uploadPath"].as_str() else { return };
        for (from, to) in [(0, 500), (500, bytes.len())] {
            let request = http.patch(format!("http://{address}{path}")).header("tus-resumable", "1.0.0");
            let request =
                request.header("upload-offset", from).header("content-type", "application/offset+octet-stream");
            if request.body(bytes[from..to].to_vec()).send().await.is_err() {
                return;
            }
        }
    }
}

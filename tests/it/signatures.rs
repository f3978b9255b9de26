//! Signed documents: whoever holds one can have it verified, and a record that was changed is found.

use api::signature::document;
use api::signature::verifying::check_all;
use chrono::TimeDelta;
use domain::signature::Fault;
use entity::signature;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::World;
use tests::drawing;
use tests::edge::Edge;
use tests::server::Server;

/// What a stranger is told of something that they hold.
async fn verdict(world: &World, proof: Value) -> Value {
    let document = "query($proof: SignatureProof!) { verifySignature(proof: $proof) { verdict seal signedAt number contentSha256 } }";
    world.ask("", document, json!({ "proof": proof })).await["verifySignature"].clone()
}

/// The signatures of an order's quotes and of the order, as their customer sees them.
async fn signatures(world: &World, order: &str) -> Vec<Value> {
    let fields = "signature { document seal contentSha256 signerName }";
    let document =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on WorkOrder {{ {fields} quotes {{ {fields} }} }} }} }}");
    let order = world.ask("owner", &document, json!({ "id": order })).await["node"].clone();
    let quotes = order["quotes"].as_array().unwrap().iter().map(|quote| quote["signature"].clone());
    quotes.chain([order["signature"].clone()]).filter(|signature| !signature.is_null()).collect()
}

/// A finished order of the owner's that they have signed.
async fn signed(world: &World) -> String {
    let case = world.dripping_tap().await;
    let order = world.work_done(&case).await;
    world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
    order
}

/// A photo of an order's work that its technician has sent: the hashes of what was sent and of what is kept.
async fn photographed(world: &World, case: &str, order: &str) -> Value {
    let edge = Edge::of(world, api::edge::Config::default()).await;
    let bytes = data_encoding::BASE64.decode(drawing::signature().as_bytes()).unwrap();
    let sent = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    let input = json!({ "complaintId": case, "workOrderId": order, "name": "完工.png", "size": bytes.len() });
    let payload = world.act("technician", "createUpload", input).await;
    let request = edge.client.patch(edge.at(payload["uploadPath"].as_str().unwrap()));
    let request = request.header("tus-resumable", "1.0.0").header("upload-offset", 0);
    let answer = request.header("content-type", "application/offset+octet-stream").body(bytes).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    let document = "query($id: ID!) { attachment(id: $id) { sha256 sentSha256 } }";
    let seen = world.ask("technician", document, json!({ "id": payload["attachment"]["id"] })).await;
    assert_eq!(seen["attachment"]["sentSha256"], sent, "whoever took it knows it without asking");
    assert!(seen["attachment"]["sha256"].is_string(), "{seen}");
    json!({ "sent": sent, "kept": seen["attachment"]["sha256"] })
}

/// An order for two valves that the owner has accepted a quote for; the case and the order.
async fn paid(world: &World) -> (String, String) {
    let item = json!({ "code": "W01", "kind": "MATERIAL", "name": "阀芯", "unit": "个", "unitPrice": "35.50" });
    let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [item] });
    let list = world.act("office head", "publishPriceList", list).await;
    let case = world.dripping_tap().await;
    let lines = json!({ "lines": [{ "priceItemId": list["priceList"]["items"][0]["id"], "quantity": "2" }] });
    let quote = world.on_case("agent", "createQuote", &case, lines).await["quote"].clone();
    let yes =
        json!({ "quoteId": quote["id"], "expectedVersion": quote["version"], "contentHash": quote["contentHash"] });
    world.act("owner", "acceptQuote", yes).await;
    let issued = json!({ "task": "更换阀芯", "quoteId": quote["id"] });
    let order = world.on_case("agent", "issueWorkOrder", &case, issued).await["workOrder"]["id"].clone();
    (case, order.as_str().unwrap().to_owned())
}

async fn rows(world: &World) -> Vec<signature::Model> {
    signature::Entity::find().all(&world.app.db).await.unwrap()
}

on_both! {
    async fn e4_2_1a_whoever_holds_a_signed_document_can_have_it_verified(world) {
        let order = signed(&world).await;
        let signature = signatures(&world, &order).await[0].clone();
        let document = signature["document"].as_str().unwrap();
        let seal = data_encoding::HEXLOWER.encode(&Sha256::digest(document.as_bytes()));
        assert_eq!(signature["seal"], seal, "anybody can compute the seal");
        let told: Value = serde_json::from_str(document).unwrap();
        assert_eq!(told["signer"], signature["signerName"]);
        assert_eq!(told["content"]["task"], "检查并更换阀芯");
        assert_eq!(told["signedAt"], "2026-03-02T01:00:00.000000Z");
        for (proof, hash) in [
            (json!({ "document": document }), &signature["contentSha256"]),
            (json!({ "document": format!("{document}\n") }), &signature["contentSha256"]),
            // Whoever holds the seal alone, as it is on a printed form, learns the verdict, the number and the time.
            (json!({ "seal": seal.to_uppercase() }), &Value::Null),
        ] {
            let answer = verdict(&world, proof).await;
            assert_eq!((&answer["verdict"], &answer["seal"]), (&json!("GENUINE"), &json!(seal)));
            assert_eq!((&answer["number"], &answer["signedAt"]), (&told["content"]["workOrder"], &json!("2026-03-02T01:00:00+00:00")));
            assert_eq!(&answer["contentSha256"], hash);
        }
        let forged = verdict(&world, json!({ "document": document.replace("01:00", "02:00") })).await;
        assert_eq!((&forged["verdict"], &forged["signedAt"]), (&json!("UNKNOWN"), &Value::Null));
        assert_eq!(verdict(&world, json!({ "seal": "" })).await["verdict"], "UNKNOWN");
    }

    async fn e4_2_1a_a_document_holds_what_was_charged_when_each_step_was_and_the_photos(world) {
        let (case, order) = paid(&world).await;
        world.to_technician(&order).await;
        for (act, input) in [
            ("departForWorkOrder", json!({})),
            ("recordArrival", json!({})),
            ("completeWorkOrder", json!({ "workDone": "更换阀芯", "cause": "阀芯磨损" })),
        ] {
            world.pass(TimeDelta::minutes(5));
            world.on_order("technician", act, &order, input).await;
        }
        let photo = photographed(&world, &case, &order).await;
        let to_sign = "query($id: ID!) { workOrder(id: $id) { contentToSign } }";
        let shown = world.ask("owner", to_sign, json!({ "id": order })).await["workOrder"]["contentToSign"].clone();
        world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
        let signature = signatures(&world, &order).await[0].clone();
        let told: Value = serde_json::from_str(signature["document"].as_str().unwrap()).unwrap();
        let content = &told["content"];
        let line = json!({ "name": "阀芯", "unit": "个", "unitPrice": "35.50", "quantity": "2", "discount": "0.00", "discountReason": null, "amount": "71.00" });
        assert_eq!(content["charged"]["quotes"][0]["lines"], json!([line]));
        assert_eq!((&content["charged"]["quotes"][0]["total"], &content["charged"]["total"]), (&json!("71.00"), &json!("71.00")));
        let times = ["issuedAt", "departedAt", "arrivedAt", "completedAt"].map(|step| content[step].as_str().unwrap_or_default());
        assert_eq!(times, ["00", "05", "10", "15"].map(|minute| format!("2026-03-02T01:{minute}:00.000000Z")));
        assert_eq!((&content["photos"], &content["files"]), (&json!([photo["sent"]]), &json!([photo])));
        assert_eq!((&told["version"], &told["signedAt"], &told["receivedAt"]), (&json!(3), &json!("2026-03-02T01:15:00.000000Z"), &json!("2026-03-02T01:15:00.000000Z")));
        // All that was shown is in it, as it was shown.
        let shown: Value = serde_json::from_str(shown.as_str().unwrap()).unwrap();
        for (name, value) in shown.as_object().unwrap() {
            assert_eq!(&content[name], value, "{name}");
        }
        assert_eq!(verdict(&world, json!({ "document": signature["document"] })).await["verdict"], "GENUINE");
    }

    async fn e4_2_1a_a_document_of_the_first_form_stays_what_it_was(world) {
        let order = signed(&world).await;
        let mut row = rows(&world).await[0].clone();
        (row.document_version, row.received_at, row.session_id, row.device_name) = (None, None, None, None);
        row.seal = document::of(&row).map(|text| document::seal(&text));
        row.into_active_model().reset_all().update(&world.app.db).await.unwrap();
        let signature = signatures(&world, &order).await[0].clone();
        let told: Value = serde_json::from_str(signature["document"].as_str().unwrap()).unwrap();
        let names: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(told["version"], 1);
        assert_eq!(names, ["collectedBy", "complaint", "content", "drawingSha256", "previousSeal", "signature", "signedAt", "signer", "version"]);
        assert_eq!(verdict(&world, json!({ "document": signature["document"] })).await["verdict"], "GENUINE");
        assert_eq!(check_all(&world.app.db).await.unwrap(), (1, vec![]));
    }

    async fn e4_2_1a_the_program_says_the_same_of_a_document_and_of_all_on_record(world) {
        let order = signed(&world).await;
        let document = signatures(&world, &order).await[0]["document"].as_str().unwrap().to_owned();
        let mut server = Server::start(&world.database.url).await;
        let file = std::env::temp_dir().join(format!("huiyin_document_{}_{}.json", std::process::id(), server.port));
        let verify = ["signatures", "verify", file.to_str().unwrap()];
        std::fs::write(&file, format!("{document}\n")).unwrap();
        let (well, said) = server.command(&verify).await;
        assert!(well && said.contains("genuine: seal ") && said.contains("signed at 2026-03-02T01:00:00"), "{said}");
        let (well, said) = server.command(&["signatures", "check"]).await;
        assert!(well && said.contains("All 1 signatures are as they were sealed."), "{said}");
        std::fs::write(&file, document.replace("更换阀芯", "更换龙头")).unwrap();
        let (well, said) = server.command(&verify).await;
        assert!(!well && said.contains("was signed here") && said.contains("nothing with the seal"), "{said}");
        let right = rows(&world).await[0].clone();
        let wrong = signature::ActiveModel { signer_name: Set("别人".to_owned()), ..right.clone().into_active_model() };
        wrong.update(&world.app.db).await.unwrap();
        std::fs::write(&file, &document).unwrap();
        let (well, said) = server.command(&verify).await;
        assert!(!well && said.contains("is genuine") && said.contains("has been changed"), "{said}");
        let (well, said) = server.command(&["signatures", "check"]).await;
        let id = format!("Signature_{}", right.id.simple());
        assert!(!well && said.contains("1 of 1 signatures are not as they were sealed") && said.contains(&id), "{said}");
        std::fs::write(&file, "{}").unwrap();
        assert!(!server.command(&verify).await.0);
        std::fs::remove_file(&file).unwrap();
        assert!(!server.command(&verify).await.0, "a file that is not there");
        server.end().await;
    }

    async fn e4_2_1a_a_record_that_was_changed_is_told_to_the_holder_and_found_by_the_check(world) {
        let order = signed(&world).await;
        let document = signatures(&world, &order).await[0]["document"].clone();
        let right = rows(&world).await[0].clone();
        assert_eq!(check_all(&world.app.db).await.unwrap(), (1, vec![]));
        let mut changed = right.content.clone();
        changed["workDone"] = json!("换了一个更贵的");
        let wrongs = [
            (signature::ActiveModel { content: Set(changed), ..right.clone().into_active_model() }, Fault::Document),
            (signature::ActiveModel { signer_name: Set("别人".to_owned()), ..right.clone().into_active_model() }, Fault::Document),
            (signature::ActiveModel { png: Set(vec![1, 2, 3]), ..right.clone().into_active_model() }, Fault::Drawing),
        ];
        for (wrong, fault) in wrongs {
            wrong.update(&world.app.db).await.unwrap();
            assert_eq!(verdict(&world, json!({ "document": document })).await["verdict"], "RECORD_ALTERED", "{fault:?}");
            let (count, broken) = check_all(&world.app.db).await.unwrap();
            assert_eq!((count, broken.len(), broken[0].fault, broken[0].id), (1, 1, fault, right.id));
            right.clone().into_active_model().reset_all().update(&world.app.db).await.unwrap();
        }
        assert_eq!(verdict(&world, json!({ "document": document })).await["verdict"], "GENUINE");
    }

    async fn d2_every_signature_of_a_case_names_the_one_before_it(world) {
        let case = world.resolved().await;
        let follow_up = world.open_follow_up(&case).await;
        let input = json!({
            "method": "ON_SITE", "satisfaction": "SATISFIED", "record": "满意", "signature": world.signing()["signature"],
        });
        world.on_follow_up("supervisor", "finishFollowUp", &follow_up, input).await;
        let mut chain = rows(&world).await;
        chain.sort_by_key(|row| row.ordinal);
        assert_eq!(chain.iter().map(|row| row.ordinal).collect::<Vec<_>>(), [Some(1), Some(2)]);
        assert_eq!(chain[1].previous_seal, chain[0].seal);
        let after = chain[1].seal.clone().unwrap();
        let mut first = chain[0].clone().into_active_model();
        first.complaint_id = Set(None);
        first.ordinal = Set(None);
        first.seal = Set(None);
        first.update(&world.app.db).await.unwrap();
        let (_, broken) = check_all(&world.app.db).await.unwrap();
        assert_eq!((broken.len(), broken[0].fault), (1, Fault::Chain), "one of the chain is gone");
        assert_eq!(verdict(&world, json!({ "seal": after })).await["verdict"], "RECORD_ALTERED");
    }
}

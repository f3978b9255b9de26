//! Signed documents: whoever holds one can have it verified, and a record that was changed is found.

use api::signature::verifying::check_all;
use domain::signature::Fault;
use entity::signature;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::World;

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

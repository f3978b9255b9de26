use serde_json::json;
use tests::World;
use tests::database::Engine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scratch_statements() {
    let world = World::new(Engine::Sqlite).await;
    let earlier = world.dripping_tap().await;
    let order = Box::pin(world.issued(&earlier)).await;
    Box::pin(world.to_technician(&order)).await;
    let input = json!({ "unitId": world.id("Unit", "home"), "report": world.report("WATER", "REPAIR", "阳台推拉门的轮子掉了") });
    world.database.record();
    world.act("owner", "fileComplaint", input).await;
    println!("=== FILE");
    for statement in world.database.recorded() {
        println!("{statement}");
    }
    world.database.record();
    world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
    println!("=== DEPART");
    for statement in world.database.recorded() {
        println!("{statement}");
    }
}

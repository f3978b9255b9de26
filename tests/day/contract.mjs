// The committed contract, as a developer of an app has it: documents are written from schema.graphql and checked
// against it before they are sent. What the server answers beyond or beside the contract therefore shows up here.

import { readFileSync } from "node:fs";
import { buildSchema, getNamedType, isInputObjectType, parse, validate } from "graphql";

const CARD = "handler { name department phone }";
const CASE = `complaint { id number state version ${CARD} }`;
const ERRORS = "errors { code field message needed }";

/// What is selected of each payload.
const SELECTIONS = {
  SignInPayload: `accessToken viewer { name roles { role siteId departmentId teamId } units { id name } } ${ERRORS}`,
  IntakePayload: `${CASE} number receiver { name department phone } ${ERRORS}`,
  ComplaintPayload: `${CASE} ${ERRORS}`,
  WorkOrderPayload: `workOrder { id number state version ${CARD} } ${CASE} ${ERRORS}`,
  FollowUpPayload: `followUp { id state version ownerName } ${CASE} ${ERRORS}`,
};

const schema = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
const checked = new Set();

/// A document, once it is known to fit the contract.
export function fitting(document) {
  if (!checked.has(document)) {
    const wrong = validate(schema, parse(document));
    if (wrong.length > 0) throw new Error(`not in schema.graphql: ${wrong[0].message}\n${document}`);
    checked.add(document);
  }
  return document;
}

/// What the contract says of a mutation: its document, and on which kind of thing it acts.
export function mutation(name) {
  const field = schema.getMutationType().getFields()[name];
  if (!field) throw new Error(`schema.graphql has no mutation ${name}`);
  const input = getNamedType(field.args[0].type);
  const payload = getNamedType(field.type).name;
  if (!isInputObjectType(input) || !SELECTIONS[payload]) throw new Error(`cannot call ${name}`);
  const fields = Object.keys(input.getFields());
  const target = ["workOrderId", "followUpId", "complaintId"].find((one) => fields.includes(one));
  return {
    document: fitting(`mutation($input: ${input.name}!) { ${name}(input: $input) { ${SELECTIONS[payload]} } }`),
    target,
    versioned: fields.includes("expectedVersion"),
    once: fields.includes("idempotencyKey"),
  };
}

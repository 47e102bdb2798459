/** Buys something with the types that openapi-typescript makes: as a guest with a card that pays at once, and with 3-D Secure. */
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

const base = process.argv[2] ?? "";
const shop = createClient<paths>({ baseUrl: base });

/** The data of an answer, or an error that says what was refused. */
function good<E extends { data: unknown }>(answer: { data?: E; error?: unknown; response: Response }): E["data"] {
  if (answer.data === undefined) throw new Error(`${answer.response.url}: ${JSON.stringify(answer.error)}`);
  return answer.data.data;
}

/** A guest's cart with two of the cheapest product, ready to be paid. */
async function filled(): Promise<components["schemas"]["CartOut"]> {
  const products = good(
    await shop.GET("/api/v1/products", { params: { query: { country: "DE", in_stock: true, sort: "price", limit: 1 } } }),
  );
  const slug = products[0]?.slug ?? "";
  const product = good(
    await shop.GET("/api/v1/products/{product}", { params: { path: { product: slug }, query: { country: "DE" } } }),
  );
  const variant = product.variants.find((each) => each.availability.status === "in_stock");
  if (variant === undefined) throw new Error(`nothing of ${slug} is in stock`);

  const opened = good(await shop.POST("/api/v1/carts", { body: { country: "DE", email: "grete@example.com" } }));
  const cart_id = opened.id;
  good(
    await shop.POST("/api/v1/carts/{cart_id}/lines", {
      params: { path: { cart_id } },
      body: { variant_id: variant.id, quantity: 2 },
    }),
  );
  good(
    await shop.PATCH("/api/v1/carts/{cart_id}", {
      params: { path: { cart_id } },
      body: {
        shipping_address: {
          first_name: "Grete",
          last_name: "Hermann",
          line1: "Lindenallee 3",
          postal_code: "28203",
          city: "Bremen",
          country: "DE",
        },
      },
    }),
  );
  const methods = good(await shop.GET("/api/v1/carts/{cart_id}/shipping-methods", { params: { path: { cart_id } } }));
  good(
    await shop.PATCH("/api/v1/carts/{cart_id}", {
      params: { path: { cart_id } },
      body: { shipping_method_id: methods[0]?.id ?? "" },
    }),
  );
  return good(
    await shop.POST("/api/v1/carts/{cart_id}/codes", { params: { path: { cart_id } }, body: { code: "WELCOME10" } }),
  );
}

/** The answer to completing the cart: the order, or what the shopper has to do first. */
async function completed(cart: components["schemas"]["CartOut"], token: string) {
  const due = cart.totals?.amount_due;
  if (due == null || cart.requirements?.length !== 0) throw new Error(JSON.stringify(cart.requirements));
  return good(
    await shop.POST("/api/v1/carts/{cart_id}/complete", {
      params: { path: { cart_id: cart.id }, header: { "Idempotency-Key": `pay-${cart.id}` } },
      body: { expected_total: due, payment: { method: "test", token } },
    }),
  );
}

/** What the shopper does in a browser: press Approve on the bank's page. */
async function approve(url: string): Promise<void> {
  const page = await fetch(url);
  const cookie = page.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");
  const form = /csrfmiddlewaretoken" value="([^"]*)"/.exec(await page.text())?.[1] ?? "";
  const answered = await fetch(url, {
    method: "POST",
    headers: { cookie },
    body: new URLSearchParams({ csrfmiddlewaretoken: form, answer: "approve" }),
    redirect: "manual",
  });
  if (answered.status >= 400) throw new Error(`${url}: ${answered.status}`);
}

/** What the test gateway's script would do in the storefront when the shopper approves. */
async function confirm(client_secret: string): Promise<void> {
  const body = new URLSearchParams({ client_secret, answer: "approve" });
  const answered = await fetch(`${base}/test-gateway/confirm`, { method: "POST", body });
  if (!answered.ok) throw new Error(`${answered.url}: ${answered.status}`);
}

const order = await completed(await filled(), "tok_success");
if (!("number" in order) || order.payment_status !== "paid") throw new Error(JSON.stringify(order));

const cart = await filled();
const waiting = await completed(cart, "tok_3ds");
if (!("next_action" in waiting)) throw new Error(JSON.stringify(waiting));
if (waiting.next_action.type !== "redirect_to_url") throw new Error(JSON.stringify(waiting));
await approve(waiting.next_action.redirect_to_url.url);
const second = await completed(cart, "tok_3ds");
if (!("number" in second) || second.payment_status !== "paid") throw new Error(JSON.stringify(second));

const third = await filled();
const challenged = await completed(third, "tok_3ds_sdk");
if (!("next_action" in challenged) || challenged.next_action.type !== "use_stripe_sdk") {
  throw new Error(JSON.stringify(challenged));
}
await confirm(challenged.payment.client_secret ?? "");
const confirmed = await completed(third, "tok_3ds_sdk");
if (!("number" in confirmed) || confirmed.payment_status !== "paid") throw new Error(JSON.stringify(confirmed));

const seen = good(
  await shop.GET("/api/v1/orders/{order_id}", {
    params: { path: { order_id: second.id }, header: { "X-Order-Token": second.order_token ?? "" } },
  }),
);
console.log(`bought ${order.number} and, with 3-D Secure, ${seen.number} and ${confirmed.number}`);

import { describe, expect, it } from "vitest";
import { sessionCookie, tokenIn } from "#adapters/console/cookie";
import { html } from "#adapters/console/html";
import { sourceOf } from "#adapters/console/source";

describe("the session's cookie", () => {
  it("is for this server's pages only, and for TLS where there is TLS", () => {
    expect(sessionCookie("abc", false)).toBe("limen_session=abc; Path=/; HttpOnly; SameSite=Strict");
    expect(sessionCookie("abc", true)).toBe("__Host-limen_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure");
    expect(sessionCookie(null, false)).toContain("Max-Age=0");
  });

  it("is found among others, and only under its own name", () => {
    expect(tokenIn("a=1; limen_session=abc; b=2", false)).toBe("abc");
    expect(tokenIn("limen_session=abc", true)).toBeUndefined();
    expect(tokenIn("xlimen_session=abc", false)).toBeUndefined();
    expect(tokenIn(undefined, false)).toBeUndefined();
  });
});

describe("whoever tries", () => {
  const from = (forwarded?: string) => ({
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
    socket: { remoteAddress: "10.0.0.1" },
  });

  it("is the connection's address; what it says of itself counts only behind a proxy, and there the proxy's own word", () => {
    expect(sourceOf(from("1.2.3.4"), false)).toBe("10.0.0.1");
    expect(sourceOf(from("6.6.6.6, 1.2.3.4"), true)).toBe("1.2.3.4");
    expect(sourceOf(from(), true)).toBe("10.0.0.1");
  });
});

it("texts put into a page stay texts", () => {
  const name = `<script>alert("x")</script> & 'y'`;
  expect(html`<b title="${name}">${name}</b>${null}${[html`<i>1</i>`, html`<i>${2}</i>`]}`.markup).toBe(
    '<b title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;">' +
      "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;</b><i>1</i>\n<i>2</i>",
  );
});

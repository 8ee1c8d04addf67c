import { describe, expect, it } from "vitest";
import { endpointOf, SEARCH } from "#adapters/verifik/endpoint";
import { messageOf } from "#errors";

function refusal(base: string): string {
  try {
    return `taken: ${endpointOf(base, SEARCH).href}`;
  } catch (error) {
    return messageOf(error);
  }
}

describe("the search engine's address", () => {
  it.each([
    ["https://api.example.com", "https://api.example.com/v2/face-recognition/search"],
    ["https://api.example.com/", "https://api.example.com/v2/face-recognition/search"],
    ["https://example.com:8443/faces", "https://example.com:8443/faces/v2/face-recognition/search"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080/v2/face-recognition/search"],
    ["http://127.9.9.9", "http://127.9.9.9/v2/face-recognition/search"],
    ["http://localhost:1", "http://localhost:1/v2/face-recognition/search"],
    ["http://[::1]:8080", "http://[::1]:8080/v2/face-recognition/search"],
  ])("%s is taken", (base, full) => {
    expect(endpointOf(base, SEARCH).href).toBe(full);
  });

  it.each([
    ["", "is no URL"],
    ["api.example.com", "is no URL"],
    ["ftp://api.example.com", "neither https nor http"],
    ["https://api.example.com?key=hidden-word", "a query or a fragment"],
    ["https://api.example.com#hidden-word", "a query or a fragment"],
    ["https://me:hidden-word@api.example.com", "a user name or password"],
    ["https://hidden-word@api.example.com", "a user name or password"],
    ["http://api.example.com", "without encryption"],
    ["http://192.168.1.9:8080", "without encryption"],
    ["http://127.0.0.1.example.com", "without encryption"],
    ["http://localhost.example.com", "without encryption"],
    ["http://0.0.0.0:8080", "without encryption"],
  ])("%s is refused, and nothing secret in it is repeated", (base, why) => {
    expect(refusal(base)).toContain(why);
    expect(refusal(base)).not.toContain("hidden-word");
  });

  it("may be http elsewhere when that is allowed by name", () => {
    expect(endpointOf("http://192.168.1.9:8080", SEARCH, true).host).toBe("192.168.1.9:8080");
  });
});

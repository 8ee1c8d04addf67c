import { ApiError, invalid } from "#adapters/http/api-error";

/** Shorter texts are no picture: the smallest JPEG of a face has hundreds of bytes. */
const MIN_BASE64_CHARACTERS = 100;
const MAX_IMAGES = 3;

/** What the contract's examples write where a picture belongs. */
const PLACEHOLDERS = new Set(["base64_encoded_string", "base 64 image", "base64 image", "base64", "string"]);

/** What the first bytes of the formats Limen reads look like: JPEG, PNG, and WebP inside RIFF. */
function isKnownFormat(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, 12);
  return start.startsWith("\xff\xd8\xff") || start.startsWith("\x89PNG\r\n\x1a\n") || /^RIFF[\s\S]{4}WEBP/.test(start);
}

/**
 * The bytes of one picture that came as text: base64 or base64url, with or without padding, line breaks and a `data:` prefix.
 * An address is refused, never fetched. Throws 400 for a placeholder, 412 for what is not base64, 415 for another format.
 */
function bytesOfImage(text: string, field: string): Uint8Array {
  const trimmed = text.trim();
  if (PLACEHOLDERS.has(trimmed.toLowerCase())) {
    throw invalid(`${field} holds the documentation's placeholder "${trimmed}" instead of a picture`);
  }
  const [prefix] = /^data:[^,]{0,200},/i.exec(trimmed) ?? [""];
  const isEncoded = prefix === "" || /;base64,$/i.test(prefix);
  const plain = trimmed.slice(prefix.length).replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/");
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(plain) && plain.replace(/=+$/, "").length % 4 !== 1;
  if (!isEncoded || !isBase64 || plain.length < MIN_BASE64_CHARACTERS) {
    throw new ApiError(412, "only_images_in_base64", "only_images_in_base64", {
      data: { field, message: `only_images_in_base64: ${field} is no base64 picture (addresses are never fetched)` },
    });
  }
  const bytes = Buffer.from(plain, "base64");
  if (!isKnownFormat(bytes)) {
    throw new ApiError(415, "unsupported_image_format", `${field} is not a JPEG, PNG or WebP picture`);
  }
  return bytes;
}

/** The pictures of a list (or one text) under this name. Throws 400 for none and for more than three. */
export function picturesOf(given: string | readonly string[], field: string): Uint8Array[] {
  const texts = typeof given === "string" ? [given] : given;
  if (texts.length === 0) throw invalid(`${field} holds no picture`);
  if (texts.length > MAX_IMAGES) {
    throw invalid(`${field} holds ${texts.length} pictures; at most ${MAX_IMAGES} of the same person can be sent`);
  }
  return texts.map((text, i) => bytesOfImage(text, typeof given === "string" ? field : `${field}[${i}]`));
}

/** The pictures of a request that may use `images` or `image`. Throws 400 when neither is there, or both and different. */
export function requestPictures(body: {
  images?: string | readonly string[] | undefined;
  image?: string | readonly string[] | undefined;
}): Uint8Array[] {
  const { images, image } = body;
  if (images === undefined && image === undefined) throw invalid('"images" is required', "MissingParameter");
  if (
    images !== undefined &&
    image !== undefined &&
    JSON.stringify([images].flat()) !== JSON.stringify([image].flat())
  ) {
    throw invalid("images and image are both given, and different");
  }
  return images === undefined ? picturesOf(image ?? [], "image") : picturesOf(images, "images");
}

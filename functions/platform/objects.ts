import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** The S3 of one machine takes 11 MB in one request of ours. Parts have 5 MB at least, but for the last. */
const PART_BYTES = 8 * 1024 * 1024;

/** What a browser is told when it gets the object by a link. */
export interface Kept {
  ContentType?: string;
  ContentDisposition?: string;
}

/** An object that is read as it comes. Unread and left alone it would hold its connection: destroy it. */
export interface Opened {
  bytes: number;
  chunks: Readable;
}

/** Large things that are not items: raw mail as it came, files to import, exports. */
export class Objects {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #links: S3Client;

  /** `links`: signs links, for the bucket that has some. */
  constructor(client: S3Client, bucket: string, links: S3Client = client) {
    this.#client = client;
    this.#bucket = bucket;
    this.#links = links;
  }

  async put(key: string, body: Buffer, kept: Kept = {}): Promise<void> {
    if (body.length > PART_BYTES) return this.putAll(key, [body], kept);
    await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, ...kept }));
  }

  /** Of any length, with one part of it in memory at a time. Broken off in the middle, there is no object. */
  async putAll(
    key: string,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    kept: Kept = {},
  ): Promise<void> {
    const object = { Bucket: this.#bucket, Key: key };
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand({ ...object, ...kept }));
    try {
      const Parts: { PartNumber: number; ETag?: string | undefined }[] = [];
      for await (const Body of inParts(chunks)) {
        const part = { ...object, UploadId, PartNumber: Parts.length + 1 };
        const { ETag } = await this.#client.send(new UploadPartCommand({ ...part, Body }));
        Parts.push({ PartNumber: part.PartNumber, ETag });
      }
      const all = { ...object, UploadId, MultipartUpload: { Parts } };
      await this.#client.send(new CompleteMultipartUploadCommand(all));
    } catch (error) {
      await this.#client.send(new AbortMultipartUploadCommand({ ...object, UploadId }));
      throw error;
    }
  }

  /** `too-large`: over `maxBytes`; nothing of it was read. */
  async get(key: string, maxBytes: number): Promise<Buffer | 'gone' | 'too-large'> {
    const opened = await this.open(key);
    if (opened === 'gone') return 'gone';
    if (opened.bytes > maxBytes) {
      opened.chunks.destroy();
      return 'too-large';
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.chunks) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async open(key: string): Promise<Opened | 'gone'> {
    try {
      const { Body, ContentLength = 0 } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      return { bytes: ContentLength, chunks: Body as Readable };
    } catch (error) {
      if (error instanceof NoSuchKey) return 'gone';
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }

  /** Every key that begins so, a page at a time. What a page named may be deleted before the next. */
  async *keys(prefix: string): AsyncGenerator<string[]> {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken }),
      );
      yield (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  /** Lets whoever has it put this object, once or again, for so many seconds. */
  linkToPut(key: string, seconds: number): Promise<string> {
    const command = new PutObjectCommand({ Bucket: this.#bucket, Key: key });
    return getSignedUrl(this.#links, command, { expiresIn: seconds });
  }

  /** Lets whoever has it read this object, for so many seconds. */
  linkToGet(key: string, seconds: number): Promise<string> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
    return getSignedUrl(this.#links, command, { expiresIn: seconds });
  }
}

/** Parts of a size that S3 takes: an empty one only if there is nothing else. */
async function* inParts(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let isFirst = true;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      const piece = chunk.subarray(start, start + PART_BYTES - size);
      waiting.push(piece);
      size += piece.length;
      start += piece.length;
      if (size < PART_BYTES) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      size = 0;
      isFirst = false;
    }
  }
  if (size > 0 || isFirst) yield Buffer.concat(waiting);
}

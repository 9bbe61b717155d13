import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** The S3 of one machine takes 11 MB in one request. Parts have 5 MB at least, but for the last. */
const PART_BYTES = 8 * 1024 * 1024;

/** Large things that are not items: raw mail, as it came. */
export class Objects {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(key: string, body: Buffer): Promise<void> {
    const object = { Bucket: this.#bucket, Key: key };
    if (body.length <= PART_BYTES) {
      await this.#client.send(new PutObjectCommand({ ...object, Body: body }));
      return;
    }
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(object));
    const Parts: { PartNumber: number; ETag?: string | undefined }[] = [];
    for (let start = 0; start < body.length; start += PART_BYTES) {
      const part = { ...object, UploadId, PartNumber: Parts.length + 1 };
      const Body = body.subarray(start, start + PART_BYTES);
      const { ETag } = await this.#client.send(new UploadPartCommand({ ...part, Body }));
      Parts.push({ PartNumber: part.PartNumber, ETag });
    }
    const all = { ...object, UploadId, MultipartUpload: { Parts } };
    await this.#client.send(new CompleteMultipartUploadCommand(all));
  }

  /** `too-large`: over `maxBytes`; nothing of it was read. */
  async get(key: string, maxBytes: number): Promise<Buffer | 'gone' | 'too-large'> {
    try {
      const { Body, ContentLength = 0 } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      if (ContentLength <= maxBytes) return Buffer.from((await Body?.transformToByteArray()) ?? []);
      // Left alone, the answer would hold its connection.
      (Body as { destroy?(): void } | undefined)?.destroy?.();
      return 'too-large';
    } catch (error) {
      if (error instanceof NoSuchKey) return 'gone';
      throw error;
    }
  }
}

import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Large things that are not items: raw mail, as it came. */
export class Objects {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(key: string, body: Buffer, metadata: Record<string, string> = {}): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, Metadata: metadata }),
    );
  }
}

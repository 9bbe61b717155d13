import { CfnRecordSet, HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnOutput, type Stack } from 'aws-cdk-lib/core';

/** How long others may keep a record, in seconds: an hour, as after it nothing of ours depends on an old one. */
const TTL = '3600';

export interface DnsRecord {
  name: string;
  type: 'CNAME' | 'MX' | 'TXT';
  value: string;
}

/** DNS records: made if their zone is in Route 53, else told as outputs, to be made by hand. */
export class Dns {
  readonly #stack: Stack;
  readonly #zoneId: string | undefined;

  constructor(stack: Stack, zoneId: string | undefined) {
    this.#stack = stack;
    this.#zoneId = zoneId;
  }

  /** For what makes its own records. */
  zone(): IHostedZone | undefined {
    return this.#zoneId ? HostedZone.fromHostedZoneId(this.#stack, 'Zone', this.#zoneId) : undefined;
  }

  record(id: string, { name, type, value }: DnsRecord): void {
    if (!this.#zoneId) {
      new CfnOutput(this.#stack, `Dns${id}`, { value: `${name} ${type} ${value}` });
      return;
    }
    new CfnRecordSet(this.#stack, `Dns${id}`, {
      hostedZoneId: this.#zoneId,
      name,
      type,
      ttl: TTL,
      resourceRecords: [type === 'TXT' ? `"${value}"` : value],
    });
  }

  /** The name of the pages. At the top of a zone only Route 53's alias can stand. */
  alias(id: string, name: string, target: { dnsName: string; hostedZoneId: string }): void {
    if (this.#zoneId) {
      new CfnRecordSet(this.#stack, `Dns${id}`, {
        hostedZoneId: this.#zoneId,
        name,
        type: 'A',
        aliasTarget: target,
      });
    } else {
      new CfnOutput(this.#stack, `Dns${id}`, {
        description: 'A CNAME, or an ALIAS at the top of a zone',
        value: `${name} CNAME ${target.dnsName}`,
      });
    }
  }
}

import { getDomain, parse } from 'tldts';

function setOf(words: string): Set<string> {
  return new Set(words.split(/\s+/).filter(Boolean));
}

/** Parameters that only say where a click came from: mail and ad networks, social networks, analytics, sessions. */
const TRACKING = setOf(`
  __twitter_impression
  _bhlid _branch_match_id _branch_referrer _ga _gl _hsenc _hsmi _kx _openstat __hsfp __hssc __hstc __s
  action_object_map action_ref_map action_type_map amp_gsa amp_js_v at_campaign at_custom1 at_custom2 at_custom3
  at_custom4 at_medium ck_subscriber_id cmpid dclid dicbo dm_i elqtrack elqtrackid emci emdi epik fb_action_ids
  fb_action_types fb_ref fb_source fbclid gad_campaignid gad_source gbraid gclid gclsrc gs_l guccounter guce_referrer
  guce_referrer_sig hmb_campaign hmb_medium hmb_source hsctatracking igsh igshid isfreemail jsessionid li_fat_id mbid
  mc_cid mc_eid mibextid mkt_tok ml_subscriber ml_subscriber_hash msclkid ncid nr_email_referer oborigurl phpsessid
  rb_clickid rdt_cid ref_src ref_url s_cid s_kwcid sc_channel sccid sfnsn sh_kit showwelcomeonshare soc_src soc_trk spm
  srsltid tblci triedredirect trk_contact trk_module trk_msg trk_sid ttclid twclid usqp vero_conv vero_id vgo_ee wbraid
  wickedid wickedsource wt_mc wt_zmc wt.mc_id wt.mc_ev wt.tsrc xtor yclid ymclid`);

/** Families of them: Google Analytics, Matomo, HubSpot, Omeda, Blueshift, "internal" campaigns. */
const FAMILIES = /^(?:utm|ga|itm|hsa|pk|piwik|mtm|matomo|oly|bsft)_/;

/** Parameters that track on one site and mean something on others, by registrable domain. */
const SITE_TRACKING: Record<string, Set<string>> = {
  'apple.com': setOf('at ct itscg itsct mt pt uo'),
  'bbc.co.uk': setOf('at_bbc_team at_format at_link_id at_link_origin at_link_type at_ptr_name ocid'),
  'bbc.com': setOf('at_bbc_team at_format at_link_id at_link_origin at_link_type at_ptr_name ocid'),
  'bloomberg.com': setOf('leadsource sref srnd'),
  'cnn.com': setOf('iid'),
  'dailymail.co.uk': setOf('ico ito'),
  'economist.com': setOf('fsrc'),
  'facebook.com': setOf('__cft__[0] __tn__ _rdr acontext fref hc_location hc_ref paipv rdid ref refid'),
  'forbes.com': setOf('sh ss'),
  'ft.com': setOf('ftcamp segmentid'),
  'goodreads.com': setOf('ac from_search from_srp qid rank ref'),
  'imdb.com': setOf('ref_'),
  'linkedin.com': setOf('lipi midsig midtoken otptoken rcm trackingid trk trkemail trkinfo'),
  'medium.com': setOf('gi source'),
  'msn.com': setOf('cvid ei ocid pc'),
  'nytimes.com': setOf(
    'emc login partner referringsource smid smtyp smvar te nl instance_id regi_id segment_id',
  ),
  'quora.com': setOf('ch oid share srid target_type'),
  'reddit.com': setOf(
    '$3p $deep_link correlation_id post_fullname post_index rdt ref ref_campaign ref_source share_id',
  ),
  'spotify.com': setOf('context dl_branch nd si'),
  'stackexchange.com': setOf('lq noredirect rq'),
  'stackoverflow.com': setOf('lq noredirect rq'),
  'substack.com': setOf('post_id publication_id r'),
  'theguardian.com': setOf('cmp'),
  'threads.com': setOf('slof xmt'),
  'threads.net': setOf('slof xmt'),
  'tiktok.com': setOf('_r _t is_copy_url is_from_webapp sender_device sender_web_id web_id'),
  'twitter.com': setOf('s t'),
  'vimeo.com': setOf('fe fl share turnstile'),
  'washingtonpost.com': setOf('itid tid wpisrc wpmk wpmm'),
  'wikipedia.org': setOf('wprov'),
  'wsj.com': setOf('mod reflink'),
  'x.com': setOf('s t'),
  'youtu.be': setOf('ab_channel app feature pp si'),
  'youtube.com': setOf('ab_channel app feature pp si themerefresh'),
};

/** What lets a subscriber's friend read, or only changes how a page looks: the link needs it, the article does not. */
const SITE_ACCESS: Record<string, Set<string>> = {
  'bloomberg.com': setOf('accesstoken'),
  'economist.com': setOf('giftid'),
  'ft.com': setOf('accesstoken sharetype token'),
  'medium.com': setOf('sk'),
  'nytimes.com': setOf('ugrp unlocked_article_code'),
  'theatlantic.com': setOf('gift'),
  'washingtonpost.com': setOf('pwapi_token'),
  'wikipedia.org': setOf('useskin'),
  'wsj.com': setOf('st'),
};

const lowerName = (parameter: string) => (parameter.split('=', 1)[0] ?? '').toLowerCase();

/** `ref=example.com`, as Ghost writes it into the links of a letter; `ref=main` is a branch. */
function namesAReferrer(parameter: string): boolean {
  const referrer = /^ref=(.+\..+)$/i.exec(parameter)?.[1];
  return referrer !== undefined && parse(referrer).hostname === referrer && parse(referrer).isIcann === true;
}

/** Whether a parameter (`name=value`, percent-encoding normal) only says how somebody came to `host`. */
export function isTracking(parameter: string, host: string): boolean {
  const name = lowerName(parameter);
  if (TRACKING.has(name) || FAMILIES.test(name) || namesAReferrer(parameter)) return true;
  return SITE_TRACKING[getDomain(host) ?? '']?.has(decoded(name)) ?? false;
}

/** Whether a parameter says how an article of `host` is opened, not which one it is. */
export function isAccess(parameter: string, host: string): boolean {
  return SITE_ACCESS[getDomain(host) ?? '']?.has(lowerName(parameter)) ?? false;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** @returns undefined if the body is no multipart form, or compressed */
export function boundaryOf({ headers }: Request | Response): string | undefined {
  if (headers.has('content-encoding')) return undefined;
  // Some clients name a charset, too. The host gets another Content-Type.
  const type = (headers.get('content-type') ?? '').replace(/;\s*charset=[\w-]+\s*(?=;|$)/i, '');
  const [, quoted, token] =
    /^multipart\/form-data\s*;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))\s*$/i.exec(type) ?? [];
  return quoted ?? token;
}

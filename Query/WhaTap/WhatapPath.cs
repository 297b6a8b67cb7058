using Microsoft.AspNetCore.Http.Features;

namespace TimeSeries.Query.WhaTap;

/// <summary>
/// The parts of a request's path behind <c>/open/api/json</c>, percent-decoded one by one: a slash or percent sign inside a part
/// (a host name may hold any character) survives only in the request line as it was sent.
/// </summary>
internal static class WhatapPath
{
    public const string Prefix = "/open/api/json";

    private const int PrefixParts = 3;

    /// <summary>The decoded parts, without the empty one behind a trailing slash.</summary>
    public static List<string> Parts(HttpContext context)
    {
        List<string> parts = [];
        foreach (string sent in SentPath(context).Split('/').Skip(1))
        {
            string part = Uri.UnescapeDataString(sent);
            switch (part)
            {
                case ".":
                    break;
                case "..":
                    parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        if (parts is [.., ""])
        {
            parts.RemoveAt(parts.Count - 1);
        }

        int before = PrefixParts + context.Request.PathBase.Value.AsSpan().Count('/');
        parts.RemoveRange(0, Math.Min(before, parts.Count));
        return parts;
    }

    // The request line holds a path, or a whole URL when the client believes it talks to a proxy.
    private static string SentPath(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int start = 0;
        if (!target.StartsWith('/'))
        {
            int authority = target.IndexOf("://", StringComparison.Ordinal);
            start = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        }

        if (start < 0 || target.Length == 0)
        {
            return context.Request.PathBase.Add(context.Request.Path).ToUriComponent();
        }

        int end = target.IndexOf('?', start);
        return end < 0 ? target[start..] : target[start..end];
    }
}

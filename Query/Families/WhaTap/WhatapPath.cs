namespace TimeSeries.Query.Families.WhaTap;

/// <summary>
/// The parts of a request's path behind <c>/open/api/json</c>, percent-decoded one by one: a host name may hold any character, slashes too.
/// </summary>
internal static class WhatapPath
{
    public const string Prefix = "/open/api/json";

    private const int PrefixParts = 3;

    /// <summary>The decoded parts, without the empty one behind a trailing slash.</summary>
    public static List<string> Parts(HttpContext context) => RawRequestTarget.PathParts(context, PrefixParts);
}

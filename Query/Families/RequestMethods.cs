namespace TimeSeries.Query.Families;

/// <summary>Which methods endpoints that only read take.</summary>
internal static class RequestMethods
{
    public const string OnlyReads = "Only GET and HEAD are answered here.";

    /// <summary>Whether the request is a GET or a HEAD (a GET whose body the server leaves out); if not, the answer says which are.</summary>
    public static bool IsRead(HttpContext context)
    {
        bool reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!reads)
        {
            context.Response.Headers.Allow = "GET, HEAD";
        }

        return reads;
    }
}

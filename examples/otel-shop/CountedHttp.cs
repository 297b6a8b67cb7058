using System.Diagnostics;
using System.Net;

namespace OtelShop;

/// <summary>Calls other services, and counts the calls.</summary>
internal sealed class CountedHttp(HttpClient http, Counts counts)
{
    /// <summary>Calls a path of the shop itself, or an address, and returns the status.</summary>
    public async Task<HttpStatusCode> GetAsync(HttpContext context, string address)
    {
        Uri uri = new(new Uri($"http://{context.Request.Host}"), address);
        long began = Stopwatch.GetTimestamp();
        bool hasFailed = true;
        try
        {
            using HttpResponseMessage response = await http.GetAsync(uri);
            hasFailed = !response.IsSuccessStatusCode;
            return response.StatusCode;
        }
        finally
        {
            counts.AddCall(context, uri, hasFailed, Stopwatch.GetElapsedTime(began));
        }
    }
}

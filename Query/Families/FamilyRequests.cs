using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families;

/// <summary>
/// The outermost step of each family's requests: whatever goes wrong is told in the family's shape, and every request is counted and timed.
/// Thread safe.
/// </summary>
internal sealed partial class FamilyRequests(QueryInstruments instruments, TimeProvider clock, ILogger<FamilyRequests> logger)
{
    /// <summary>A handler with this step around it.</summary>
    public RequestDelegate Around(ApiFamily family, RequestDelegate handler) => context => RunAsync(family, handler, context);

    private async Task RunAsync(ApiFamily family, RequestDelegate handler, HttpContext context)
    {
        long start = clock.GetTimestamp();
        using Activity? span = Tracing.Source.StartActivity("query");
        span?.SetTag("family", family.Name);
        int status = await AnswerAsync(family, handler, context);
        TagList tags = new() { { "family", family.Name }, { "status", status } };
        span?.SetTag("status", status);
        instruments.Requests.Add(1, tags);
        instruments.Duration.Record(clock.GetElapsedTime(start).TotalSeconds, tags);
    }

    // Returns the status to count.
    private async Task<int> AnswerAsync(ApiFamily family, RequestDelegate handler, HttpContext context)
    {
        // Nobody reads bodies here, so nobody else would refuse one.
        long? limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        if (context.Request.ContentLength > limit)
        {
            await family.WriteErrorAsync(context, StatusCodes.Status413PayloadTooLarge, $"A body may have at most {limit} bytes.");
            return StatusCodes.Status413PayloadTooLarge;
        }

        try
        {
            await handler(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads an answer; the status is for the metrics only.
            return StatusCodes.Status499ClientClosedRequest;
        }
        catch (AnswerEndedException ended)
        {
            LogFailure(ended.InnerException!, family.Name, context.Request.Path);
            return StatusCodes.Status500InternalServerError;
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await family.WriteErrorAsync(context, bad.StatusCode, bad.Message);
        }
        catch (Exception failure)
        {
            LogFailure(failure, family.Name, context.Request.Path);
            if (context.Response.HasStarted)
            {
                // Half an answer must not look like a whole one.
                context.Abort();
                return StatusCodes.Status500InternalServerError;
            }

            await family.WriteErrorAsync(context, StatusCodes.Status500InternalServerError, "The request failed; the log of the server says why.");
        }

        return context.Response.StatusCode;
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "A request of the family {Family} failed at {Path}.")]
    private partial void LogFailure(Exception failure, string family, PathString path);
}

/// <summary>An API family: its name in metrics, and the shape in which it tells errors.</summary>
/// <param name="Name">The name, one of a few.</param>
/// <param name="WriteErrorAsync">Writes an error of a status, with a sentence for the caller, as the whole answer.</param>
internal sealed record ApiFamily(string Name, Func<HttpContext, int, string, Task> WriteErrorAsync);

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

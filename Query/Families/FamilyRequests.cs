using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Families;

/// <summary>
/// The step around each family's requests, authentication included. It writes what goes wrong in the family's shape, and counts and times every
/// request. Thread safe.
/// </summary>
internal sealed partial class FamilyRequests(RequestDelegate next, QueryInstruments instruments, TimeProvider clock, ILogger<FamilyRequests> logger)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ApiModule>() is { } family ? RunAsync(family, context) : next(context);

    private async Task RunAsync(ApiModule family, HttpContext context)
    {
        long start = clock.GetTimestamp();
        using Activity? span = Tracing.Source.StartActivity("query");
        span?.SetTag("family", family.Name);
        int status = await RespondAsync(family, context);
        TagList tags = new() { { "family", family.Name }, { "status", status } };
        span?.SetTag("status", status);
        instruments.Requests.Add(1, tags);
        if (context.GetEndpoint()!.Metadata.GetMetadata<EndlessResponse>() is null || status != StatusCodes.Status200OK)
        {
            instruments.Duration.Record(clock.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    // Returns the status to count.
    private async Task<int> RespondAsync(ApiModule family, HttpContext context)
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
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads a response; the status is for the metrics only.
            return StatusCodes.Status499ClientClosedRequest;
        }
        catch (ResponseEndedException ended)
        {
            LogFailure(ended.InnerException!, family.Name, context.Request.Path);
            return StatusCodes.Status500InternalServerError;
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            BodyFault.SetRetry(context, bad.StatusCode);
            await family.WriteErrorAsync(context, bad.StatusCode, bad.Message);
        }
        catch (Exception failure)
        {
            LogFailure(failure, family.Name, context.Request.Path);
            if (context.Response.HasStarted)
            {
                // Half a response must not look like a whole one.
                context.Abort();
                return StatusCodes.Status500InternalServerError;
            }

            // Whoever may not run the server learns nothing of its files.
            string detail = failure is DamagedFileException damage && context.User.IsAdmin()
                ? $"The store has a damaged file: {damage.Message}."
                : "The request failed; the log of the server says why.";
            await family.WriteErrorAsync(context, StatusCodes.Status500InternalServerError, detail);
        }

        return context.Response.StatusCode;
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "A request of the family {Family} failed at {Path}.")]
    private partial void LogFailure(Exception failure, string family, PathString path);
}

/// <summary>Metadata of an endpoint whose responses end when their client leaves: how long they take says nothing of the host.</summary>
internal sealed record EndlessResponse;

/// <summary>What endpoints of every family do alike.</summary>
internal static class FamilyResponses
{
    /// <summary>The header that tells how many samples are missing in a response, at most, since their files are damaged and in quarantine.</summary>
    public const string LostSamples = "X-Lost-Samples";

    /// <summary>Writes an error in the shape of the request's family, as the whole response.</summary>
    public static Task WriteErrorAsync(this HttpContext context, int status, string detail) =>
        context.GetEndpoint()!.Metadata.GetRequiredMetadata<ApiModule>().WriteErrorAsync(context, status, detail);

    /// <summary>Writes the error of a query that failed.</summary>
    /// <returns>Whether there is a result to respond with.</returns>
    public static async ValueTask<bool> SucceedsAsync(this QueryOutcome outcome, HttpContext context)
    {
        if (outcome.Failure != QueryFailure.None)
        {
            if (outcome.Failure == QueryFailure.NotTaken)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            await context.WriteErrorAsync(outcome.Status, outcome.Message);
        }
        else if (outcome.LostSamples is not 0)
        {
            context.Response.Headers[LostSamples] = outcome.LostSamples?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
        }

        return outcome.Failure == QueryFailure.None;
    }
}

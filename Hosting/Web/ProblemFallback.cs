using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// Outermost step of the pipeline: gives errors that have no body yet (404, 405, …) one, and turns what was thrown into a response.
/// Families with a shape of their own respond before it.
/// </summary>
internal sealed partial class ProblemFallback(RequestDelegate next, RefusedRequests refused, ILogger<ProblemFallback> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            BodyFault.SetRetry(context, bad.StatusCode);
            await Problem.WriteAsync(context, bad.StatusCode, bad.Message);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller left: nobody reads a response.
            context.Abort();
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            LogFailure(failure, context.Request.Method, context.Request.Path);
            context.Response.Clear();
            await Problem.WriteAsync(context, StatusCodes.Status500InternalServerError, "The server failed to answer; its log says why.");
        }

        HttpResponse response = context.Response;
        if (!response.HasStarted && response.StatusCode >= StatusCodes.Status400BadRequest
            && response.ContentType is null && response.ContentLength is null or 0)
        {
            await Problem.WriteAsync(context, response.StatusCode, Describe(context));
        }

        if (response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            refused.Count(context);
        }
    }

    private static string Describe(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} takes {context.Response.Headers.Allow}.",
        int status => ReasonPhrases.GetReasonPhrase(status),
    };

    [LoggerMessage(1001, LogLevel.Error, "{Method} {Path} failed.")]
    private partial void LogFailure(Exception failure, string method, PathString path);
}

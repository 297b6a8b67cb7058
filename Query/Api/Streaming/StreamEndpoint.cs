using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api.Streaming;

/// <summary><c>GET /api/v1/stream</c>: server-sent events of what is stored from now on. Thread safe.</summary>
internal sealed class StreamEndpoint(
    StreamFeeds feeds, ProjectDirectory projects, CallerWatch callers, IOptions<QueryOptions> options, QueryInstruments instruments, TimeProvider clock,
    IHostApplicationLifetime host)
{
    private const string RetryAfterSeconds = "10";

    public async Task HandleAsync(HttpContext context)
    {
        ApiParameters parameters = new(context.Request);
        if (StreamRequest.TryRead(parameters, projects.Find(context.User.Pcode())!, Timestamp.Now(clock), out StreamRequest? request) is { } wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong);
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            EventStream.SetHead(context);
            return;
        }

        if (feeds.TryJoin(request!, out bool isOverProject) is not { } feed)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await (isOverProject
                ? context.WriteErrorAsync(
                    StatusCodes.Status429TooManyRequests, $"The project has {feeds.MostOfProject} streams open, half of Query:MaxStreams; close one.")
                : context.WriteErrorAsync(
                    StatusCodes.Status503ServiceUnavailable, $"All {options.Value.MaxStreams} streams of Query:MaxStreams are open; try again later."));
            return;
        }

        try
        {
            await SendAsync(context, feed);
        }
        finally
        {
            await feeds.LeaveAsync(request!, feed);
        }
    }

    private async Task SendAsync(HttpContext context, StreamFeed feed)
    {
        using WatchedCaller caller = callers.Watch(context.User);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        EventStream stream = new(context, feed, instruments, clock);
        Task sending = stream.SendAsync(end.Token);
        await Task.WhenAny(sending, caller.Ended);
        await end.CancelAsync();
        try
        {
            await sending;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client left, may not read any more, or the host stops: the response ends here.
        }
    }
}

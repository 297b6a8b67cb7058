using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Authentication;

/// <summary>
/// Slows down those who guess tokens or signatures. Each address may be wrong some times at once, and then five times a second; what comes faster waits for
/// its response. A right token never waits. Behind a proxy the address is the proxy's, unless it is trusted to tell the caller's. Thread safe.
/// </summary>
public sealed class WrongTokens(TimeProvider clock)
{
    // A wrongly configured agent with some connections isn't slowed down.
    private const int FreeGuesses = 20;

    // More addresses than these count as one.
    private const int MaxAddresses = 10_000;

    // An IPv6 network gives its customer 64 bits of addresses.
    private const int NetworkBytes = 8;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(5);

    // Guards the table.
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Guesser> _guessers = [];

    /// <summary>Waits as long as the caller's address has to.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public Task DelayAsync(HttpContext context)
    {
        RefusedRequests.SetReason(context, "wrong token");
        TimeSpan delay = Count(NetworkOf(context.Connection.RemoteIpAddress));
        return delay > TimeSpan.Zero ? Task.Delay(delay, clock, context.RequestAborted) : Task.CompletedTask;
    }

    /// <summary>How often each address was wrong since the last call. Forgets those that have been quiet.</summary>
    internal List<(IPAddress Address, long Count)> TakeCounts()
    {
        lock (_gate)
        {
            List<(IPAddress Address, long Count)> counts = [];
            foreach ((IPAddress address, Guesser guesser) in _guessers)
            {
                if (guesser.Count > 0)
                {
                    counts.Add((address, guesser.Count));
                    guesser.Count = 0;
                }
                else if (guesser.Due <= Now())
                {
                    _guessers.Remove(address);
                }
            }

            return counts;
        }
    }

    private TimeSpan Count(IPAddress address)
    {
        lock (_gate)
        {
            if (!_guessers.TryGetValue(address, out Guesser? guesser))
            {
                address = _guessers.Count < MaxAddresses ? address : IPAddress.None;
                if (!_guessers.TryGetValue(address, out guesser))
                {
                    _guessers[address] = guesser = new Guesser();
                }
            }

            // The guesses that were free lie behind; those ahead are a time apart.
            TimeSpan now = Now();
            TimeSpan earliest = now - (FreeGuesses * _interval);
            guesser.Count++;
            guesser.Due = guesser.Due > earliest ? guesser.Due : earliest;
            guesser.Due = guesser.Due + _interval < now + _longest ? guesser.Due + _interval : now + _longest;
            return guesser.Due - now;
        }
    }

    private TimeSpan Now() => clock.GetElapsedTime(0);

    private static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Guesser
    {
        public long Count { get; set; }

        /// <summary>When the last guess gets, or got, its response.</summary>
        public TimeSpan Due { get; set; } = TimeSpan.MinValue;
    }
}

/// <summary>Slows down a request before it is refused.</summary>
public static class WrongTokenRequests
{
    /// <summary>Waits as long as <see cref="WrongTokens"/> says. Call it before a wrong token or signature is refused.</summary>
    public static Task DelayWrongTokenAsync(this HttpContext context) => context.RequestServices.GetRequiredService<WrongTokens>().DelayAsync(context);

    /// <summary>The same where the outcome tells whether the token is a wrong one. A token that lacks something is no guess.</summary>
    public static Task DelayWrongTokenAsync(this HttpContext context, TokenOutcome outcome) =>
        outcome == TokenOutcome.Unknown ? context.DelayWrongTokenAsync() : Task.CompletedTask;
}

using NUnit.Framework;

namespace TimeSeries.Tests.Support;

/// <summary>Waits for what happens on other threads or in other processes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    /// <summary>Looks every few milliseconds until something has happened; fails the test after a minute.</summary>
    public static Task IsTrueAsync(Func<bool> happened) => IsTrueAsync(() => Task.FromResult(happened()));

    /// <summary>The same for what can be seen only by a request.</summary>
    /// <param name="happened">Whether it has.</param>
    /// <param name="found">What is there instead, for the message of the failure.</param>
    public static async Task IsTrueAsync(Func<Task<bool>> happened, Func<string>? found = null)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!await happened())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(_limit), $"It did not happen. {found?.Invoke()}");
            await Task.Delay(_period);
        }
    }
}

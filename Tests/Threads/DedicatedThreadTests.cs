using NUnit.Framework;
using TimeSeries.Core.Threads;

namespace TimeSeries.Tests.Threads;

public sealed class DedicatedThreadTests
{
    [Test]
    public async Task Computations_run_one_after_the_other_on_the_named_thread()
    {
        using DedicatedThread thread = new("seals");
        List<(int Number, string? Thread)> ran = [];
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => thread.RunAsync(() => ran.Add((i, Thread.CurrentThread.Name)))));
        Assert.That(ran, Is.EqualTo(Enumerable.Range(0, 20).Select(i => (i, "seals"))));
    }

    [Test]
    public async Task A_computation_that_throws_fails_its_own_task_and_the_next_one_runs()
    {
        using DedicatedThread thread = new("seals");
        Task failing = thread.RunAsync(() => throw new InvalidDataException("bad"));
        bool ran = false;
        await thread.RunAsync(() => ran = true);
        Assert.Multiple(() =>
        {
            Assert.That(() => failing, Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("bad"));
            Assert.That(ran, Is.True);
        });
    }

    [Test]
    public async Task What_awaits_a_computation_does_not_go_on_on_its_thread()
    {
        using DedicatedThread thread = new("seals");
        await thread.RunAsync(() => { }).ConfigureAwait(false);
        Assert.That(Thread.CurrentThread.Name, Is.Not.EqualTo("seals"));
    }

    [Test]
    public void After_its_end_it_takes_nothing_more()
    {
        DedicatedThread thread = new("seals");
        thread.Dispose();
        thread.Dispose();
        Assert.That(() => thread.RunAsync(() => { }), Throws.InstanceOf<InvalidOperationException>());
    }
}

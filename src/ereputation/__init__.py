"""ereputation: what is said of a brand, whether it is abnormal, and whether the brand answered.

Data travels one way, and each verb has one module::

    Source --read--> Document --find--> Mention --count--> Bucket --detect--> Episode --review--> Alert --send--> Channel

A module imports only from floors below its own (import-linter holds us to it)::

    cli                                              parse options, call one function, show, exit code
    watch | scan | demo | backtest | importing       the passes
    page | screen | live                             a report for a browser; the interactive search; the networks asked at once
    reporting                                        a period as one value: figures, stories, answers, what nobody saw
    executors                                        where sources are read: here, in other processes, on a cluster
    collect | alerts | tables | export               use cases and views
    config                                           what the user wants
    sources | notify | store                         the outside world
    fetch | schema                                   the two raw doors (HTTP, SQL)
    query | sentiment | detect | stories | figures | staffed | identity | coverage | playbook     pure core: no clock, no I/O
    words | markup                                   how numbers, times and the words of the field are said; HTML to plain text
    text
    model
    errors
    speech | database                                speech: the language people are spoken to; database: where the data lives
"""

__version__ = "0.1.0"

INSERT INTO push VALUES (1, 'gh_5d0c7be19a42', 'oWx3b5Tq0nRkF7uYhLs9aVmPzE1c', 1762040403, 'event', 'subscribe_msg_change_event');
